// Choosing a look: pickers and texts follow each other, and a theme fills the fields. The server measures and draws.

const WHOLE = /^#?([0-9a-f]{6})$/iu;

for (const form of document.querySelectorAll("form[data-look]")) {
  const custom = form.querySelector("#custom");
  for (const pair of form.querySelectorAll("[data-colour]")) {
    const picker = pair.querySelector("[type=color]");
    const text = pair.querySelector(".code");
    picker.addEventListener("input", () => {
      text.value = picker.value;
      custom.checked = true;
    });
    const follow = () => {
      const whole = WHOLE.exec(text.value.trim());
      // Nothing entered: a picker that stays as it was leaves the choice to the server.
      picker.value = whole ? `#${whole[1].toLowerCase()}` : picker.defaultValue;
      custom.checked = true;
    };
    text.addEventListener("input", follow);
    if (text.value !== text.defaultValue) follow(); // entered before this script had come, or kept by Back
  }
  for (const select of form.querySelectorAll("select"))
    select.addEventListener("input", () => {
      custom.checked = true;
    });
  form.addEventListener("input", ({ target }) => {
    if (target.name !== "theme" || target === custom) return;
    for (const [name, value] of Object.entries(target.dataset)) {
      const field = form.elements[name];
      field.value = value;
      const picker = form.elements[`${name}-picker`];
      if (picker) picker.value = value || picker.defaultValue;
    }
  });
}
