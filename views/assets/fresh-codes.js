// Empties the rings second by second, and loads the page again when the first code is over.
const startedAt = Date.now();
const rings = [...document.querySelectorAll('.ring')];

const tick = () => {
  const passedS = Math.floor((Date.now() - startedAt) / 1000);
  for (const ring of rings) {
    const leftS = Number(ring.dataset.left) - passedS;
    if (leftS <= 0) {
      clearInterval(timer);
      if (document.activeElement?.value) return;
      location.reload();
      return;
    }
    ring.querySelector('.left').setAttribute('stroke-dasharray', `${leftS} ${ring.dataset.period}`);
  }
};
const timer = setInterval(tick, 1000);
