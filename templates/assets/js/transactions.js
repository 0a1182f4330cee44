// My Transactions: downloads follow the filters that htmx put into the address; the selection says what an early payment saves.

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("a[data-download]");
    if (!link) return;
    const address = new URL(window.location.href);
    address.searchParams.delete("page");
    link.href = link.pathname + address.search;
  },
  true,
);

function money(minor, { currency, language, home }) {
  const shape = { style: "currency", currency, currencyDisplay: currency === home ? "narrowSymbol" : "code" };
  const format = new Intl.NumberFormat(language, shape);
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits);
}

document.addEventListener("selection", (event) => {
  const words = document.querySelector("[data-saving]");
  if (!words) return;
  const { ticked } = event.detail;
  const sum = (name) => ticked.reduce((amount, tick) => amount + Number(tick.dataset[name]), 0);
  const days = [...new Set(ticked.map((tick) => tick.dataset.until).filter(Boolean))];
  const saved = sum("outstanding") - sum("payable");
  words.hidden = saved === 0;
  const text = days.length === 1 ? words.dataset.oneDay.replace("{day}", days[0]) : words.dataset.eachDay;
  words.textContent = text
    .replace("{amount}", money(sum("payable"), words.dataset))
    .replace("{saved}", money(saved, words.dataset));
  event.target.querySelector(".actions").before(words);
});
