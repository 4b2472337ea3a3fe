import { AppError } from '../../../src/lib/messages/app-error';

export const refused = (code: string, message: string, hint: string): AppError =>
  new AppError({ code, message, hint });
