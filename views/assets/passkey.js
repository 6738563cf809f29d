// Asks the browser for a passkey when a form that wants one is sent, puts the answer into it, and sends it then.
const { startRegistration, startAuthentication, browserSupportsWebAuthn, browserSupportsWebAuthnAutofill } =
  globalThis.SimpleWebAuthnBrowser;

/** A field of a form holds 2,048 characters; the server joins what is cut here. */
const fieldLength = 2_000;

for (const part of document.querySelectorAll('[data-passkey]')) {
  const form = part.closest('form');
  const fields = [...form.querySelectorAll('[name^=passkey]')];
  const optionsJSON = JSON.parse(part.dataset.options);
  const ask = part.dataset.passkey === 'create' ? startRegistration : startAuthentication;
  const notes = [...form.querySelectorAll('[data-passkey-said]')];

  const say = (what) => {
    for (const note of notes) note.hidden = note.dataset.passkeySaid !== what;
  };

  const send = (answer) => {
    // The person's own bytes and nothing else: parsed copies of them would only make it longer.
    const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle, transports } = answer.response;
    const response =
      attestationObject === undefined
        ? { clientDataJSON, authenticatorData, signature, userHandle }
        : { clientDataJSON, attestationObject, transports };
    const { id, rawId, type } = answer;
    const text = JSON.stringify({ id, rawId, type, response, clientExtensionResults: {} });
    for (const [at, field] of fields.entries()) field.value = text.slice(at * fieldLength, (at + 1) * fieldLength);
    form.requestSubmit();
  };

  const isFilled = () => fields[0].value !== '';

  form.addEventListener('submit', async (event) => {
    if (isFilled()) return;
    event.preventDefault();
    // Not sent yet, so what holds back a second press must not see it.
    event.stopPropagation();
    say(undefined);
    if (!browserSupportsWebAuthn()) return say('unsupported');
    try {
      send(await ask({ optionsJSON }));
    } catch (error) {
      say(
        error.name === 'InvalidStateError' && notes.some((note) => note.dataset.passkeySaid === 'known')
          ? 'known'
          : 'cancelled',
      );
    }
  });

  // Back from the next page: what was answered is spent.
  addEventListener('pageshow', () => {
    for (const field of fields) field.value = '';
  });

  // The browser offers passkeys in the list of the user name field; whoever takes none notices nothing.
  if (part.dataset.autofill !== undefined && (await browserSupportsWebAuthnAutofill())) {
    startAuthentication({ optionsJSON, useBrowserAutofill: true }).then(send, () => {});
  }
}
