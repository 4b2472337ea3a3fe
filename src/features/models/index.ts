export { ModelPage } from './model-page';
export { ModelsPage } from './models-page';
export { bringBack, usePutAway } from './put-away';
