// "in 12 minutes", kept true while the page is open. What it replaces says the same as a time of day.
const minuteMs = 60_000;

function words(time) {
  const leftMs = Date.parse(time.dateTime) - Date.now();
  const format = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: 'always' });
  if (leftMs <= 0) return undefined;
  if (leftMs < minuteMs) return format.format(Math.ceil(leftMs / 1000), 'second');
  if (leftMs < 90 * minuteMs) return format.format(Math.ceil(leftMs / minuteMs), 'minute');
  return format.format(Math.ceil(leftMs / (60 * minuteMs)), 'hour');
}

for (const time of document.querySelectorAll('[data-countdown] time')) {
  const tick = () => {
    const text = words(time);
    if (text === undefined) {
      clearInterval(timer);
      location.reload();
      return;
    }
    if (time.textContent !== text) time.textContent = text;
  };
  const timer = setInterval(tick, 1000);
  if (words(time) === undefined) clearInterval(timer);
  else tick();
}
