Module['exchangeStart'] = textCall(() => _plinto_exchange_start);
Module['exchangeNext'] = textCall(() => _plinto_exchange_next);
Module['version'] = textCall(() => _plinto_version);
