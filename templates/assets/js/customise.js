// Choosing a look: a theme fills the fields, and a choice of one's own is no theme. The server measures and draws.

for (const form of document.querySelectorAll("form[data-look]")) {
  const custom = form.querySelector("#custom");
  form.addEventListener("input", ({ target }) => {
    if (target.matches("[data-colour] input, select")) custom.checked = true;
    if (target.name !== "theme" || target === custom) return;
    for (const [name, value] of Object.entries(target.dataset)) {
      const field = form.elements[name];
      field.value = value;
      const picker = form.elements[`${name}-picker`];
      if (picker) picker.value = value || picker.defaultValue;
    }
  });
}
