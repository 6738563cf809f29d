// What becomes of a code on its way to a telephone: asks for this page now and then, and shows what it says now. Where the
// page leads on (the number was keyed in), so does this. What is being typed stays.
const everyMs = 3_000;
const forMs = 10 * 60_000;
const until = Date.now() + forMs;
const place = () => document.querySelector('[data-news]');

for (const link of document.querySelectorAll('[data-look]')) link.hidden = true;
for (const part of document.querySelectorAll('[data-scripted]')) part.hidden = false;

async function look() {
  const here = new URL(location.href);
  // Where the number was keyed in, this very request is the last of the page.
  here.search = document.querySelector('[name=remember_browser]:checked') ? '?remember_browser=yes' : '';
  let answer;
  try {
    answer = await fetch(here, { redirect: 'manual', cache: 'no-store' });
  } catch {
    return true;
  }
  if (answer.type === 'opaqueredirect') {
    location.replace(here);
    return false;
  }
  if (!answer.ok) return true;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const news = page.querySelector('[data-news]');
  if (news === null) return false;
  for (const link of news.querySelectorAll('[data-look]')) link.hidden = true;
  const shown = place();
  if (news.dataset.news !== shown.dataset.news) {
    // The element stays: what changes in it is read out.
    shown.className = news.className;
    shown.dataset.news = news.dataset.news;
    shown.replaceChildren(...news.childNodes);
  }
  return news.dataset.waiting !== undefined;
}

async function lookOn() {
  if (document.hidden || (await look())) {
    if (Date.now() < until) setTimeout(lookOn, everyMs);
  }
}
setTimeout(lookOn, everyMs);
