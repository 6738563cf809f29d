// The server says times in the zone it knows for the person, or in UTC; the browser knows its own.
const shapes = {
  dateTime: { dateStyle: 'medium', timeStyle: 'short' },
  date: { dateStyle: 'medium' },
  time: { timeStyle: 'short' },
};

for (const element of document.querySelectorAll('[data-shape] time')) {
  const shape = shapes[element.closest('[data-shape]').dataset.shape];
  if (shape === undefined) continue;
  const at = new Date(element.dateTime);
  const { lang } = document.documentElement;
  element.textContent = new Intl.DateTimeFormat(lang, shape).format(at);
  element.title = new Intl.DateTimeFormat(lang, { dateStyle: 'full', timeStyle: 'long' }).format(at);
}
