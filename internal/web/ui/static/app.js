/* Plumbline: what pages do beyond plain HTML. Every page works without this file. */
(() => {
'use strict';
const root = document.documentElement, body = document.body;
const words = JSON.parse(body.dataset.words || '{}');
const say = (key, args = {}) => (words[key] || '').replace(/\{(\w+)\}/g, (_, k) => args[k] ?? '');
const all = (sel, from = document) => [...from.querySelectorAll(sel)];
const make = (tag, props = {}, ...kids) => { const el = Object.assign(document.createElement(tag), props); el.append(...kids); return el; };
const interactive = 'a,button,input,select,textarea,label,summary,[contenteditable]';
const hhmm = d => String(d.getHours()).padStart(2, '0') + ':' + String(d.getMinutes()).padStart(2, '0');
root.classList.add('js');

/* ---- keyboard ---- */
const items = () => all('[data-item]').filter(a => a.offsetParent !== null);
function move(step) {
  const list = items();
  if (!list.length) return;
  const at = list.findIndex(a => a === document.activeElement || a.closest('tr,.card,li')?.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : Math.min(list.length - 1, Math.max(0, at + step));
  list[next].focus();
  list[next].scrollIntoView({block: 'nearest'});
}
document.addEventListener('keydown', e => {
  if (e.key === 'Escape') all('details.menu[open]').forEach(m => { m.open = false; m.querySelector('summary').focus(); });
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.target.closest('input,select,textarea,[contenteditable],dialog')) return;
  if (e.key === 'j' || e.key === 'k') move(e.key === 'j' ? 1 : -1);
  else if (e.key === 'x' && document.activeElement.closest('tr')?.querySelector('[data-pick]')) document.activeElement.closest('tr').querySelector('[data-pick]').click();
  else if (e.key === '?') document.getElementById('keys')?.showModal();
  else {
    const el = e.key.length === 1 && all(`[data-key="${CSS.escape(e.key)}"]`).find(x => x.offsetParent !== null);
    if (!el) return;
    if (el.matches('input,textarea')) { el.focus(); el.select(); } else el.click();
  }
  e.preventDefault();
});

/* ---- whole rows open; menus close; buttons that are not forms ---- */
document.addEventListener('click', e => {
  all('details.menu[open]').forEach(m => m.contains(e.target) || (m.open = false));
  const copy = e.target.closest('[data-copy]');
  if (copy) return copyText(new URL(copy.dataset.copy || '', location.href).href, copy);
  const picks = e.target.closest('[data-pick-all]');
  if (picks) { const boxes = all('[data-pick]'), on = boxes.some(b => !b.checked); return boxes.forEach(b => { b.checked = on; }); }
  if (e.target.closest('[data-print]')) return window.print();
  const insert = e.target.closest('[data-insert]');
  if (insert && !insert.disabled) {
    const box = document.getElementById(insert.dataset.insert);
    e.preventDefault(); box.focus();
    box.setRangeText(insert.value, box.selectionStart, box.selectionEnd, 'end');
    return box.dispatchEvent(new Event('input', {bubbles: true}));
  }
  const link = e.target.closest('a[data-confirm]');
  if (link && !link.dataset.sure) {
    e.preventDefault();
    return ask(link.dataset.confirm, link.textContent, () => { link.dataset.sure = 1; link.click(); delete link.dataset.sure; });
  }
  const row = e.target.closest('[data-href]');
  if (!row || e.target.closest(interactive) || String(getSelection())) return;
  const a = row.querySelector('[data-item]');
  if (a) e.ctrlKey || e.metaKey ? window.open(a.href) : a.click();
});

function copyText(text, button) {
  const done = () => { const was = button.textContent; button.textContent = say('copied'); setTimeout(() => { button.textContent = was; }, 1500); };
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text).then(done);
  const box = make('textarea', {value: text, className: 'vh'}); // plain http in an office network has no clipboard API
  body.append(box); box.select();
  if (document.execCommand('copy')) done();
  box.remove();
}

/* ---- questions before something that can't be undone ---- */
function ask(text, verb, yes) {
  const ok = make('button', {className: 'btn primary', value: 'ok', textContent: verb?.trim() || say('ok')});
  const no = make('button', {className: 'btn', value: '', textContent: say('cancel'), autofocus: true});
  const form = make('form', {method: 'dialog', className: 'actions'}, no, ok);
  const p = make('p', {id: 'ask-text', className: 'keep', textContent: text});
  const box = make('dialog', {}, p, form);
  box.setAttribute('aria-labelledby', 'ask-text');
  box.addEventListener('close', () => { const go = box.returnValue === 'ok'; box.remove(); if (go) yes(); });
  body.append(box);
  box.showModal();
}

/* ---- forms: ask, send once, show that it was heard ---- */
const busy = (form, on) => {
  if (on) form.dataset.busy = 1; else delete form.dataset.busy;
  all('button[type=submit],button:not([type])', form).concat(form.id ? all(`button[form="${CSS.escape(form.id)}"]`) : [])
    .forEach(b => { if (on && !b.disabled) { b.disabled = true; b.dataset.held = 1; b.setAttribute('aria-busy', 'true'); }
      else if (!on && b.dataset.held) { b.disabled = false; delete b.dataset.held; b.removeAttribute('aria-busy'); } });
};
document.addEventListener('submit', e => {
  const form = e.target, by = e.submitter;
  if (form.method === 'dialog') return;
  const question = by?.dataset.confirm || form.dataset.confirm;
  if (question && !form.dataset.sure) {
    e.preventDefault(); e.stopImmediatePropagation();
    return ask(question, by?.textContent, () => {
      const yes = make('input', {type: 'hidden', name: '_sure', value: '1'}); // the server asks those who were not asked here
      form.dataset.sure = 1; form.append(yes); form.requestSubmit(by); yes.remove(); delete form.dataset.sure;
    });
  }
  if (form.dataset.busy) { e.preventDefault(); e.stopImmediatePropagation(); return; }
  if (form.matches('[data-signout]')) forgetDrafts();
  if (form.matches('.lang')) turn(form);
  if (form.method !== 'get') setTimeout(() => busy(form, true)); // after the browser has read the pressed button
}, true);
addEventListener('pageshow', () => all('form[data-busy]').forEach(f => busy(f, false)));
document.addEventListener('htmx:finally:request', e => { const f = e.target.closest?.('form'); if (f) busy(f, false); });
document.addEventListener('htmx:error', () => root.classList.add('is-offline'));
document.addEventListener('htmx:after:request', () => root.classList.remove('is-offline'));
addEventListener('offline', () => root.classList.add('is-offline'));
addEventListener('online', () => root.classList.remove('is-offline'));

/* ---- autosave: 1.5 s after the last key; unsent text stays on this device ---- */
const shelf = 'draft:';
const keyOf = form => shelf + (body.dataset.user || '') + ':' + location.pathname + ':' + (form.id || form.getAttribute('action') || '');
const store = (k, v) => { try { v === null ? localStorage.removeItem(k) : localStorage.setItem(k, v); } catch { /* full or forbidden: the server copy counts */ } };
function forgetDrafts() { try { Object.keys(localStorage).filter(k => k.startsWith(shelf)).forEach(k => localStorage.removeItem(k)); } catch {} }
const kept = el => el.name && !el.disabled && !['file', 'password', 'hidden', 'submit', 'button'].includes(el.type) && !el.closest('[data-nostore]');
const snapshot = form => [...form.elements].filter(kept).map(el => [el.name, el.value, el.matches('[type=checkbox],[type=radio]') ? el.checked : null]);
function putBack(form, saved) {
  const left = [...form.elements].filter(kept);
  for (const [name, value, checked] of saved) {
    const i = left.findIndex(el => el.name === name && (checked === null || el.value === value));
    if (i < 0) continue;
    const [el] = left.splice(i, 1);
    if (checked === null) el.value = value; else el.checked = checked;
  }
}
function autosave(form) {
  const key = keyOf(form), url = form.dataset.autosave || form.action;
  let status = form.querySelector('[data-autosave-status]');
  if (!status) { status = make('p', {className: 'saved muted small'}); status.setAttribute('role', 'status'); form.append(status); }
  const tell = (word, args) => { status.textContent = say(word, args); };
  let timer = 0, sending = false, again = false, dirty = false, sent = false;
  offer(form, key, () => { touched(); });
  function touched() {
    dirty = true;
    store(key, JSON.stringify({at: Date.now(), fields: snapshot(form)}));
    clearTimeout(timer); timer = setTimeout(send, 1500);
  }
  async function send() {
    if (sending) { again = true; return; }
    sending = true; again = false; tell('saving');
    const before = JSON.stringify(snapshot(form)), data = new URLSearchParams();
    for (const [k, v] of new FormData(form)) if (typeof v === 'string' && k !== '_once') data.append(k, v); // the token that counts once belongs to the last, real sending
    let retry = 0;
    try {
      const r = await fetch(url, {method: 'POST', body: data, headers: {'X-Autosave': '1'}, redirect: 'manual', keepalive: data.toString().length < 6e4});
      if (r.ok) {
        const version = r.headers.get('X-Version');
        if (version && form.elements.version) form.elements.version.value = version;
        tell('saved', {time: hhmm(new Date())});
        if (before === JSON.stringify(snapshot(form))) { dirty = false; store(key, null); }
      } else if (r.type === 'opaqueredirect' || r.status === 401 || r.status === 403) tell('expired');
      else if (r.status === 409 || r.status === 412) tell('stale');
      else { tell('unsaved'); retry = r.status >= 500 ? 1 : 0; }
    } catch { tell('unsaved'); retry = 1; }
    sending = false;
    if (retry) timer = setTimeout(send, 10000); else if (again) timer = setTimeout(send, 1500);
  }
  form.addEventListener('input', touched);
  form.addEventListener('change', touched);
  form.addEventListener('submit', () => { sent = true; clearTimeout(timer); });
  addEventListener('visibilitychange', () => { if (document.hidden && dirty && !sent) { clearTimeout(timer); send(); } });
}
function offer(form, key, restored) {
  let saved = null;
  try { saved = JSON.parse(localStorage.getItem(key)); } catch {}
  if (!saved || JSON.stringify(saved.fields) === JSON.stringify(snapshot(form))) { store(key, null); return; }
  const back = make('button', {type: 'button', className: 'btn small', textContent: say('restore')});
  const away = make('button', {type: 'button', className: 'btn small quiet', textContent: say('discard')});
  const box = make('div', {className: 'notice warn'}, make('div', {}, make('p', {textContent: say('offer', {time: hhmm(new Date(saved.at))})}), make('div', {className: 'actions'}, back, away)));
  box.setAttribute('role', 'status');
  back.onclick = () => { putBack(form, saved.fields); box.remove(); restored(); };
  away.onclick = () => { store(key, null); box.remove(); };
  form.prepend(box);
}

/* ---- another language: what stands in the boxes by now comes along ---- */
const turning = 'turn:' + location.pathname + location.search;
const typedIn = el => kept(el) && (el.matches('select') ? [...el.options].some(o => o.selected !== o.defaultSelected)
  : el.matches('[type=checkbox],[type=radio]') ? el.checked !== el.defaultChecked : el.value !== el.defaultValue);
function turn(lang) {
  const forms = all('form[method=post]').filter(f => f !== lang), at = lang.getAttribute('action');
  const twin = forms.find(f => new URL(f.getAttribute('action') || '', location.href).href === new URL(at, location.href).href);
  if (at !== '/lang') {
    if (!twin) return;
    const fields = [...twin.elements].filter(el => el.name && el.name !== '_sure' && !['file', 'password', 'submit', 'button', 'image'].includes(el.type));
    const names = new Set(fields.map(el => el.name)), data = new FormData(twin);
    [...lang.elements].filter(el => el.type === 'hidden' && names.has(el.name.slice(2))).forEach(el => el.remove());
    for (const name of names) for (const value of data.getAll(name)) lang.append(make('input', {type: 'hidden', name: 'f.' + name, value}));
    return;
  }
  const typed = forms.map(f => f.matches('[data-autosave]') ? [] : [...f.elements].map((el, i) => typedIn(el) && [i, el.name, el.value, el.checked]).filter(Boolean));
  try { if (typed.some(t => t.length)) sessionStorage.setItem(turning, JSON.stringify(typed)); } catch { /* forbidden: the page comes back as it was */ }
}
function turned() {
  try {
    const typed = JSON.parse(sessionStorage.getItem(turning) || '[]'), forms = all('form[method=post]').filter(f => !f.matches('.lang'));
    sessionStorage.removeItem(turning);
    typed.forEach((fields, at) => fields.forEach(([i, name, value, checked]) => {
      const el = forms[at]?.elements[i];
      if (el?.name !== name) return;
      if (el.matches('[type=checkbox],[type=radio]')) el.checked = checked; else el.value = value;
    }));
  } catch { /* nothing was kept */ }
}

/* ---- stage clock: a pure function of the logged numbers and the server's time ---- */
const begun = performance.getEntriesByType('navigation')[0]?.responseStart || 0;
let first = true;
function drawClock(el) {
  const d = el.dataset, sent = Number(d.nowMs) || Number(body.dataset.now);
  if (el.sent !== sent) { el.sent = sent; el.heard = first ? begun : performance.now(); } // when this browser heard the server's time
  const now = sent + performance.now() - el.heard;
  let ms = Number(d.elapsedMs) + (d.running === '1' ? Math.max(0, now - Number(d.startedMs)) : 0);
  const limit = Number(d.limitMs), left = limit - ms;
  el.classList.toggle('over', limit > 0 && left <= 0);
  el.classList.toggle('soon', limit > 0 && left > 0 && left <= 60000);
  if ('down' in d) ms = left;
  const s = Math.floor(Math.abs(ms) / 1000), text = (ms < 0 ? '−' : '') + String(Math.floor(s / 60)).padStart(2, '0') + ':' + String(s % 60).padStart(2, '0');
  if (el.textContent !== text) el.textContent = text;
}
const tick = () => { all('[data-clock]').forEach(drawClock); first = false; };

/* ---- for pages and for what htmx brings later ---- */
/* as office programs count: a Han character or a mark is one, and so is a run of other letters and figures */
const countable = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}]|(?:(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}])[\p{L}\p{N}])(?:(?![\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}])[\p{L}\p{N}'’.,%-])*|[\p{P}\p{S}]/gu;
function count(el) {
  const box = document.getElementById(el.dataset.count);
  if (!box || el.dataset.on) return;
  el.dataset.on = 1;
  const show = () => { el.textContent = say('chars', {n: (box.value.match(countable) || []).length}); };
  box.addEventListener('input', show); show();
}
function enhance(from) {
  const find = sel => [...(from.matches?.(sel) ? [from] : []), ...all(sel, from)];
  find('form:not([data-native])').forEach(f => { f.noValidate = true; }); // errors come from the server, in the reader's language
  find('form[data-autosave]').forEach(f => { if (!f.dataset.on) { f.dataset.on = 1; autosave(f); } });
  find('[data-count]').forEach(count);
  find('[data-focus]').slice(0, 1).forEach(el => el.focus());
  find('select[data-go]').forEach(s => { s.onchange = () => s.form.requestSubmit(); });
}
turned();
document.addEventListener('htmx:after:swap', e => enhance(e.target instanceof Element ? e.target : document));
enhance(document);
all('.nav [aria-current],.tabs [aria-current]').forEach(a => { const ul = a.closest('ul'); const x = a.offsetLeft - ul.offsetLeft; if (x + a.offsetWidth > ul.clientWidth) ul.scrollLeft = x - 64; });
tick();
if (document.querySelector('[data-clock],.stage')) setInterval(tick, 250);
})();
