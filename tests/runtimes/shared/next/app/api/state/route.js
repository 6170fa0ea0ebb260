import { createRoutes } from '../../../shared/routes.js';

export const GET = createRoutes(process.env).state;
