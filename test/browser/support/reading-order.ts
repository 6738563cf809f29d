import type { Page } from 'playwright-core';

/** In the page: addresses, numbers, codes and secrets whose characters do not stand from left to right. */
const turnedAround = `(() => {
  const kept = /[\\w.…•+-]+@[\\w.-]+\\w|\\+\\d[\\d ]+\\d|\\b[A-Z0-9]{4}(?:[- ][A-Z0-9]{4})+\\b|\\bhttps?:\\/\\/[^\\s”]+/g;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  const turned = [];
  const leftOf = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (!node.parentElement.checkVisibility()) continue;
    for (const match of node.data.matchAll(kept)) {
      found.push(match[0]);
      for (let at = match.index; at < match.index + match[0].length - 1; at += 1) {
        const [one, next] = [leftOf(node, at), leftOf(node, at + 1)];
        const isSameLine = Math.abs(one.top - next.top) < 2;
        if (isSameLine && next.width > 0 && next.left < one.left) { turned.push(match[0]); break; }
      }
    }
  }
  return { found, turned };
})()`;

/** `found`: what must stay from left to right on any page; `turned`: what of it does not. */
export const readingOrder = (page: Page): Promise<{ found: readonly string[]; turned: readonly string[] }> =>
  page.evaluate(turnedAround);
