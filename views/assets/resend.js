// Counts down to when a message can be asked for again; until then its buttons rest. Without this the server says "too soon".
for (const form of document.querySelectorAll('form[data-resend]')) {
  const note = form.querySelector('[data-wait]');
  const time = note.querySelector('time');
  const buttons = form.querySelectorAll('button');
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' });
  const rest = (isResting) => {
    for (const button of buttons) button.disabled = isResting;
    note.hidden = !isResting;
  };
  const tick = () => {
    const leftS = Math.ceil((Date.parse(time.dateTime) - Date.now()) / 1000);
    if (leftS > 0) {
      time.textContent = format.format(leftS, 'second');
      return;
    }
    clearInterval(timer);
    rest(false);
  };
  rest(true);
  const timer = setInterval(tick, 1000);
  tick();
}
