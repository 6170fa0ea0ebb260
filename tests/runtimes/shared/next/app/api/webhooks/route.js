import { createRoutes } from '../../../shared/routes.js';

export const POST = createRoutes(process.env).webhooks;
