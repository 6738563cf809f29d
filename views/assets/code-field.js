// The boxes behind a code field follow what is typed. The field itself is one plain input and works without this.
for (const field of document.querySelectorAll('.code')) {
  const input = field.querySelector('input');
  const boxes = [...field.querySelectorAll('.boxes i')];

  const draw = () => {
    const at = Math.min(input.value.length, boxes.length - 1);
    for (const [index, box] of boxes.entries()) {
      box.classList.toggle('filled', index < input.value.length);
      box.classList.toggle('next', index === at);
    }
  };

  // Apps show codes in groups, and some keyboards type wide digits.
  const tidy = () => {
    const plain = input.value.normalize('NFKC').replace(/[\s\p{Pd}]/gu, '');
    if (plain !== input.value) input.value = plain;
    draw();
  };

  const caretToEnd = () => input.setSelectionRange(input.value.length, input.value.length);

  field.classList.add('live');
  input.addEventListener('input', (event) => (event.isComposing ? draw() : tidy()));
  input.addEventListener('compositionend', tidy);
  input.addEventListener('focus', caretToEnd);
  tidy();
}
