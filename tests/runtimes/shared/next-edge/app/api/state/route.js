import { createRoutes } from '../../../shared/routes.js';

export const runtime = 'edge';
export const GET = createRoutes(process.env).state;
