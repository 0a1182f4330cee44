// A colour's picker and the field of its code follow each other.

const WHOLE = /^#?([0-9a-f]{6})$/iu;

for (const pair of document.querySelectorAll("[data-colour]")) {
  const picker = pair.querySelector("[type=color]");
  const text = pair.querySelector(".code");
  picker.addEventListener("input", () => {
    text.value = picker.value;
  });
  text.addEventListener("input", () => {
    const whole = WHOLE.exec(text.value.trim());
    // Nothing entered: a picker that stays as it was leaves the choice to the server.
    picker.value = whole ? `#${whole[1].toLowerCase()}` : picker.defaultValue;
  });
  // Entered before the scripts had come, or kept by Back: all that listen hear of it now.
  if (text.value !== text.defaultValue)
    window.addEventListener("load", () => text.dispatchEvent(new Event("input", { bubbles: true })));
}
