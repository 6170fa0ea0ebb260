import { createRoutes } from '../../../shared/routes.js';

const { webhooks } = createRoutes(process.env);
export const POST = ({ request }) => webhooks(request);
