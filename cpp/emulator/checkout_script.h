// The checkout page's script: the embed protocol of @polar-sh/checkout, waiting for fulfillment, and totals that follow
// what is chosen. Without it the page still sells, but for the embedded checkout.
#pragma once

#include <string_view>

namespace plinto::polar::emulator {

inline constexpr std::string_view kCheckoutScript = R"js('use strict';
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

  // The total follows a choice at once; the keyboard stays where it was.
  const change = document.getElementById('change');
  change?.addEventListener('change', ({ target }) => {
    if (!target.hasAttribute('data-autosubmit') || !target.checkValidity()) return;
    // A fragment survives the redirect; storage is denied to pages inside other sites.
    change.setAttribute('action', `${change.getAttribute('action').split('#')[0]}#${target.id}`);
    change.requestSubmit();
  });
  change?.addEventListener('submit', () => {
    // What is typed already is not lost.
    for (const name of ['email', 'name']) {
      const typed = document.getElementById(name);
      if (!typed || typed.readOnly || typed.value === '') continue;
      const copy = document.createElement('input');
      Object.assign(copy, { type: 'hidden', name, value: typed.value });
      change.append(copy);
    }
  });
  document.querySelector('[data-action="update"]')?.setAttribute('hidden', '');
  const problem = document.querySelector('[data-problem]');
  // Inside another site's page the browser does not focus it by itself.
  if (problem && embedOrigin !== undefined) problem.focus();
  if (!problem && window.location.hash) document.getElementById(window.location.hash.slice(1))?.focus();

  // One click, one purchase.
  document.getElementById('pay')?.addEventListener('submit', ({ target }) => {
    target.querySelector('button').setAttribute('aria-disabled', 'true');
    target.addEventListener('submit', (event) => event.preventDefault());
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
)js";

}  // namespace plinto::polar::emulator
