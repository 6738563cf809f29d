// Copies the text of the element that the button names. Without scripts the button stays hidden.
const thanksMs = 2_000;

for (const button of document.querySelectorAll('[data-copies]')) {
  const label = button.querySelector('[aria-live]');
  const before = label.textContent;
  button.hidden = navigator.clipboard === undefined;
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copies);
    await navigator.clipboard.writeText(source.dataset.plain ?? source.textContent.trim());
    label.textContent = button.dataset.copied;
    button.classList.add('done');
    setTimeout(() => {
      label.textContent = before;
      button.classList.remove('done');
    }, thanksMs);
  });
}
