// Prints the page. Without scripts the button stays hidden; the browser's own menu prints as well.
for (const button of document.querySelectorAll('[data-prints]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
