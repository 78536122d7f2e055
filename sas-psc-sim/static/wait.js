// The waiting page counts with the server's clock and goes on when the phone has answered; a form post posts itself; a
// page that watches an address shows itself again when that answers something else.
"use strict";
const form = document.querySelector("form[data-submit]");
if (form) form.submit();

const line = document.querySelector("[data-state]");
if (line) {
  const seconds = document.getElementById("seconds");
  setInterval(async () => {
    const answer = await fetch(line.dataset.state).then((r) => r.json()).catch(() => null);
    if (!answer) return;
    seconds.textContent = answer.seconds;
    if (!answer.waiting) location.reload();
  }, 1000);
}

const watched = document.querySelector("[data-watch]");
if (watched) {
  const look = () => fetch(watched.dataset.watch).then((r) => r.text()).catch(() => null);
  look().then((before) => setInterval(async () => {
    const now = await look();
    if (now !== null && now !== before) location.reload();
  }, 1000));
}
