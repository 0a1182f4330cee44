// Choosing a landing page: pickers and texts follow each other, and the pencil leads to the colours. The server draws.

const WHOLE = /^#?([0-9a-f]{6})$/iu;

for (const pair of document.querySelectorAll("#landing [data-colour]")) {
  const picker = pair.querySelector("[type=color]");
  const text = pair.querySelector(".code");
  picker.addEventListener("input", () => {
    text.value = picker.value;
  });
  const follow = () => {
    const whole = WHOLE.exec(text.value.trim());
    picker.value = whole ? `#${whole[1].toLowerCase()}` : picker.defaultValue;
  };
  text.addEventListener("input", follow);
  if (text.value !== text.defaultValue) follow(); // entered before this script had come, or kept by Back
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-edit]");
  if (!link) return;
  event.preventDefault();
  document.getElementById(link.dataset.edit).focus();
});
