// A form that is on its way is not sent again by a second press. Posting twice is harmless anyway; this spares the wait.
const patienceMs = 10_000;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll('.busy')) {
    button.classList.remove('busy');
    button.removeAttribute('aria-disabled');
  }
}

addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post') return;
  if (form.dataset.sent !== undefined) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = '';
  const button = event.submitter;
  if (button?.classList.contains('button')) {
    button.classList.add('busy');
    button.setAttribute('aria-disabled', 'true');
  }
  setTimeout(release, patienceMs, form);
});

// Back from the next page, out of the browser's memory: the form is as it was left.
addEventListener('pageshow', (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});

// A page that answered a form is, to reloading and to the way back, the page itself: nothing is sent again.
history.replaceState(history.state, '', location.href);
