// Choosing a landing page: the pencil leads to the colours. The server draws.

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-edit]");
  if (!link) return;
  event.preventDefault();
  document.getElementById(link.dataset.edit).focus();
});
