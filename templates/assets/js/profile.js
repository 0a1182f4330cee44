// The password is asked for with another email address alone. Without this script the field is always there.

for (const part of document.querySelectorAll("[data-with-change-of]")) {
  const field = document.getElementById(part.dataset.withChangeOf);
  const known = field.dataset.known ?? field.defaultValue;
  const show = () => {
    part.hidden = field.value.trim().toLowerCase() === known && !part.querySelector(".error");
  };
  field.addEventListener("input", show);
  show();
}
