export * from './schema/activity';
export * from './schema/datasets';
export * from './schema/profile';
export * from './schema/records';
export * from './schema/runs';
export type { JsonObject } from './schema/columns';
