// `data-dialog="<id>"` opens that <dialog>; an escape, its safe button or a click beside it closes it. The second click of
// a double click on the opener falls beside it, and closes nothing.
const SETTLING = 500;
let openedAt = 0;

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog).showModal();
    openedAt = event.timeStamp;
  } else if (event.target instanceof HTMLDialogElement && event.target.matches(".dialog")) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.timeStamp - openedAt > SETTLING) event.target.close();
  }
});

// A menu closes when you go on elsewhere, or with Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form that came back with errors: the summary takes the focus, so that it is read first.
document.querySelector("[data-focus]")?.focus();
