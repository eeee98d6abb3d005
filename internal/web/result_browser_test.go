package web_test

import (
	"testing"

	"plumbline/internal/app/apptest"
)

// The total of a check-sheet follows what is typed, and nothing is kept before somebody saves.
func TestACheckSheetAddsUpWhileItIsTyped(t *testing.T) {
	h := apptest.SQLite(t)
	x := judgedOf(h)
	at := x.path + "/sheets/" + x.d1 + "/ordinary"
	c := h.Chrome(x.clerk)
	c.Open(at)
	c.Until(`document.querySelector('#total').innerText.includes('100')`)
	c.Run(`(() => { const el = document.querySelector('[name=times-late]'); el.focus(); el.value = '3'; el.dispatchEvent(new Event('input', {bubbles: true})); })()`)
	c.Until(`document.querySelector('#total').innerText.includes('94')`)
	c.Until(`document.querySelector('#total').innerText.includes('2 × 3')`)
	c.Open(at)
	c.Until(`!document.querySelector('#total').innerText.includes('94')`)
}
