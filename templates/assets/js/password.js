// Show and hide what is typed into a password field.

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-show-password] button");
  if (!button) return;
  const input = document.getElementById(button.getAttribute("aria-controls"));
  const shown = input.type === "text";
  input.type = shown ? "password" : "text";
  button.setAttribute("aria-pressed", String(!shown));
  button.querySelector("span").textContent = shown ? button.dataset.show : button.dataset.hide;
  button.querySelector(".bi").className = shown ? "bi bi-eye" : "bi bi-eye-slash";
});
