// Filters that htmx put into the address: what is downloaded is what the list shows.

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
