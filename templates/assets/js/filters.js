// Lists that htmx changes: what is downloaded is what the list shows, and what it shows now is announced.

const OF_A_PAGE = ["page", "after", "run"];

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("a[data-download]");
    if (!link) return;
    const address = new URL(window.location.href);
    for (const name of OF_A_PAGE) address.searchParams.delete(name);
    link.href = link.pathname + address.search;
  },
  true,
);

// A second click on Next must not hit the button that has come to lie under the pointer: it may mail an invitation.
const SETTLING_MS = 500;

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "results") return;
  const results = document.getElementById("results");
  results.classList.add("just-shown");
  setTimeout(() => results.classList.remove("just-shown"), SETTLING_MS);
});

// The region is outside the list, since one that comes with it is not read out.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "results") return;
  const results = document.getElementById("results");
  const summary = results.querySelector(".empty .h3") ?? results.querySelector("[data-announce]");
  document.getElementById("announced").textContent = summary?.textContent.trim().replace(/\s+/g, " ") ?? "";
});
