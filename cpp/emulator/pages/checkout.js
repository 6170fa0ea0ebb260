// The checkout page's script: the embed protocol of @polar-sh/checkout, waiting for fulfillment, and totals that follow
// what is chosen without a new page. Without it the page still sells, but for the embedded checkout.

(() => {
  const { announce, embedOrigin, stream, successUrl, redirect, confirmationUrl } = document.body.dataset;

  // Only to the page that the checkout was made for.
  const tell = (event, details) => {
    if (embedOrigin && window.parent !== window) {
      window.parent.postMessage({ ...details, event, type: 'POLAR_CHECKOUT' }, embedOrigin);
    }
  };
  const close = () => tell('close');
  document.querySelector('[data-action="close"]')?.addEventListener('click', close);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !stream) close();
  });
  if (announce) tell(announce);

  const form = document.getElementById('checkout');
  document.querySelector('[data-action="update"]')?.setAttribute('hidden', '');
  // Inside another site's page the browser does not focus it by itself.
  if (embedOrigin !== undefined) document.querySelector('[data-problem]')?.focus();

  // An update must not move the page under a pointer that is down: the click would be lost. A pointer that is let go
  // elsewhere is never told.
  let pressed = Promise.resolve();
  window.addEventListener(
    'pointerdown',
    () => {
      pressed = new Promise((resolve) => {
        for (const end of ['pointerup', 'pointercancel']) {
          window.addEventListener(end, () => setTimeout(resolve), { capture: true, once: true });
        }
        setTimeout(resolve, 1_000);
      });
    },
    true,
  );

  // A part of the page but for what is typed and chosen in it.
  const shapeOf = (part) => {
    const copy = part.cloneNode(true);
    for (const field of copy.querySelectorAll('input:not([type="hidden"]), option')) {
      for (const state of ['value', 'checked', 'selected']) field.removeAttribute(state);
    }
    return copy.outerHTML;
  };

  // The parts that have changed become those of the new page; all others, and the keyboard, stay as they are.
  const exchange = (page) => {
    for (const part of document.querySelectorAll('[data-part]')) {
      const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (!fresh || shapeOf(fresh) === shapeOf(part)) continue;
      const { activeElement } = document;
      const held = part.contains(activeElement);
      if (part.tagName === 'INPUT') part.value = fresh.value;
      else part.replaceChildren(...fresh.childNodes);
      if (held) (document.getElementById(activeElement.id) ?? part.querySelector('input, button'))?.focus();
    }
  };

  const update = async (button) => {
    const fields = new URLSearchParams(new FormData(form));
    // A code counts once it is applied; it may be half typed.
    if (button?.dataset.action !== 'apply') fields.delete('discount_code');
    if (button?.name) fields.append(button.name, button.value);
    const { formAction } = document.querySelector('[formaction]');
    const answer = await fetch(formAction, { method: 'POST', body: fields });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    await pressed;
    // There is nothing to buy any more: the page says why.
    if (!page.getElementById('checkout')) window.location.reload();
    exchange(page);
  };

  // Updates wait for each other. Pay sends all choices again, so that one that failed on the way does no harm.
  let updates = Promise.resolve();
  let waiting = 0;
  const enqueue = (button) => {
    waiting += 1;
    updates = updates
      .then(() => update(button))
      .catch(() => {})
      .finally(() => {
        waiting -= 1;
      });
  };

  // The total follows a choice at once.
  form?.addEventListener('change', ({ target }) => {
    if (target.hasAttribute('data-autosubmit') && target.checkValidity()) enqueue();
  });
  // Enter does what belongs to the field, and pays from those of the payment.
  form?.addEventListener('keydown', (event) => {
    const { key, target } = event;
    const isCode = target.id === 'discount_code';
    if (key !== 'Enter' || target.tagName !== 'INPUT') return;
    if (!isCode && !target.hasAttribute('data-autosubmit')) return;
    event.preventDefault();
    if (target.reportValidity()) enqueue(isCode ? document.querySelector('[data-action="apply"]') : undefined);
  });

  // One click, one purchase: of what is chosen, once the page shows its total. A code that is typed is meant.
  let leaving = false;
  let settled = false;
  form?.addEventListener('submit', async (event) => {
    const { submitter } = event;
    const apply = document.getElementById('discount_code')?.value && document.querySelector('[data-action="apply"]');
    if (submitter?.hasAttribute('formaction')) {
      event.preventDefault();
      enqueue(submitter);
    } else if (leaving) {
      event.preventDefault();
    } else if (waiting === 0 && (settled || !apply)) {
      leaving = true;
      form.querySelector('[data-action="pay"]').setAttribute('aria-disabled', 'true');
    } else {
      event.preventDefault();
      if (apply) enqueue(apply);
      while (waiting > 0) await updates;
      if (document.querySelector('[data-problem]')) return;
      settled = true;
      form.requestSubmit(submitter);
      settled = false;
    }
  });

  if (!stream) return;
  const wanted = new Set(['checkout.updated', 'checkout.order_created', 'checkout.webhook_event_delivered']);
  const source = new EventSource(stream);
  const leave = (url) => {
    source.close();
    clearTimeout(timer);
    if (url) window.location.replace(url);
  };
  const timer = setTimeout(() => leave(confirmationUrl), 15_000);
  source.onmessage = ({ data }) => {
    const { key, payload } = JSON.parse(data);
    if (payload?.status === undefined || payload.status === 'succeeded') wanted.delete(key);
    if (wanted.size > 0) return;
    tell('success', { successURL: successUrl, redirect: redirect === 'true' });
    leave(redirect === 'true' ? undefined : confirmationUrl);
  };
})();
