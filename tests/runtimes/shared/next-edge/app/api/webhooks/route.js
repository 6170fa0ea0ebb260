import { createRoutes } from '../../../shared/routes.js';

export const runtime = 'edge';
export const POST = createRoutes(process.env).webhooks;
