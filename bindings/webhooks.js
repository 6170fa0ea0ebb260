Module['verifyWebhook'] = textCall(() => _plinto_verify_webhook);
Module['signWebhook'] = textCall(() => _plinto_sign_webhook);
