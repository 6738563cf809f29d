// The eye in a password field. Without scripts the button stays hidden.
for (const button of document.querySelectorAll('[data-shows]')) {
  const field = document.getElementById(button.dataset.shows);
  const show = (isShown) => {
    field.type = isShown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(isShown));
  };
  button.hidden = false;
  button.addEventListener('click', () => {
    show(field.type === 'password');
    field.focus();
  });
  // Browsers offer to keep what was typed into a password field, not into a text field.
  field.form.addEventListener('submit', () => show(false));
}
