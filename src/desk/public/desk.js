// What makes the desk quicker for those with JavaScript; every page works without it.
// Keys: `/` search, `j` and `k` rows, Enter opens, `?` help. A click on an id copies it.

/** @returns {HTMLElement[]} */
const rows = () => [...document.querySelectorAll('tr[data-row]')];

function moveTo(step) {
  const all = rows();
  const at = all.findIndex((row) => row.classList.contains('at'));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  if (next === undefined) return;
  all[at]?.classList.remove('at');
  next.classList.add('at');
  next.querySelector('a')?.focus();
  next.scrollIntoView({ block: 'nearest' });
}

const keys = {
  '/': () => {
    const box = document.querySelector('input[name="q"]');
    if (box === null) location.href = '/review/search';
    else box.focus();
  },
  j: () => moveTo(1),
  k: () => moveTo(-1),
  '?': () => {
    location.href = '/review/help';
  },
};

document.addEventListener('keydown', (event) => {
  const { target, key } = event;
  const isTyping = target instanceof HTMLElement && target.matches('input, select, textarea');
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, key)) return;
  event.preventDefault();
  keys[key]();
});

document.addEventListener('click', async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('[data-print]') != null) window.print();
  const button = target?.closest('[data-copy]') ?? null;
  // Not over plain HTTP from elsewhere: there the text can be marked and copied by hand.
  if (button === null || navigator.clipboard === undefined) return;
  await navigator.clipboard.writeText(button.dataset.copy).then(
    () => {
      button.classList.add('copied');
      setTimeout(() => button.classList.remove('copied'), 2_000);
    },
    () => undefined,
  );
});

// Countdowns: what waits for one is enabled as it ends. Times are those of the server, counted on from the page's arrival.
const counting = new WeakSet();

function countDown() {
  for (const clock of document.querySelectorAll('[data-countdown]')) {
    if (counting.has(clock)) continue;
    counting.add(clock);
    const endsAt = performance.now() + Number(clock.dataset.countdown);
    const timer = setInterval(() => {
      const left = endsAt - performance.now();
      if (left > 0 && clock.isConnected) return tell(clock, left);
      clearInterval(timer);
      if (clock.isConnected) finish(clock);
    }, 250);
  }
}

function tell(clock, ms) {
  const seconds = Math.ceil(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  const { minute, second } = clock.dataset;
  const whole = minutes === 0 ? '' : `${minutes}${minute === '분' ? '' : ' '}${minute} `;
  clock.textContent = `${whole}${seconds % 60}${minute === '분' ? '' : ' '}${second}`;
}

function finish(clock) {
  for (const button of document.querySelectorAll('[data-wait-ms]')) button.disabled = false;
  const line = clock.closest('.waits');
  line.textContent = clock.dataset.ready;
  line.setAttribute('role', 'status');
}

countDown();
document.addEventListener('htmx:after:swap', countDown);

// One press of a button is one act, however often it is pressed; coming back to the page makes it a new one.
document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  if (!form.matches('[data-once]') || submitter?.hasAttribute('formaction')) return;
  if (form.dataset.sent !== undefined) event.preventDefault();
  form.dataset.sent = '';
});
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-sent]')) delete form.dataset.sent;
});

// What was wrong is no longer said once it is being changed.
document.addEventListener('input', ({ target }) => {
  if (!target.hasAttribute?.('aria-invalid')) return;
  target.removeAttribute('aria-invalid');
  document.getElementById(`${target.id}-wrong`)?.remove();
});
