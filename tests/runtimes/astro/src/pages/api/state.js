import { createRoutes } from '../../shared/routes.js';

const { state } = createRoutes(process.env);
export const GET = ({ request }) => state(request);
