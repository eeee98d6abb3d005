package journeys_test

import (
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/browser"
)

// hand works a page by its keys alone.
type hand struct{ *browser.Tab }

// to moves on by the Tab key until the focus stands on what a condition on "it" describes, and sees that the focus shows.
func (h hand) to(what string) {
	h.T.Helper()
	for range 250 {
		if browser.Eval[bool](h.Tab, `(it => it && it !== document.body && (`+what+`))(document.activeElement)`) {
			if !browser.Eval[bool](h.Tab, `(s => s.outlineStyle !== 'none' || s.boxShadow !== 'none')(getComputedStyle(document.activeElement))`) {
				h.T.Errorf("%s: nothing shows that the focus stands on %s", h.At(), what)
			}
			return
		}
		h.Keys("\t")
	}
	h.T.Fatalf("%s: the keyboard does not reach %s:\n%s", h.At(), what, h.Text())
}

func labelled(text string) string { return `it.textContent.trim() === ` + strconv.Quote(text) }

// A list is narrowed, kept under a name, ticked and worked off, a matter followed and talked about, without a mouse.
func TestALedgerByKeyboardAlone(t *testing.T) {
	site, _ := browser.City(t, "zh")
	s := town{site}
	h, desk := hand{s.as("donghu-staff")}, hand{s.as("donghu-office")}
	h.Visit("/matters?queue=do&type=rectification")

	h.to(`it.matches('main details.menu > summary')`)
	h.Keys("\r")
	h.to(labelled("保存当前筛选"))
	h.Enter()
	h.to(`it.name === 'name'`)
	h.Keys("我的整改")
	h.to(`it.matches('main form button.primary')`)
	h.Enter()
	h.Says("筛选已保存")
	h.Visit("/matters")
	h.to(`it.matches('main details.menu > summary')`)
	h.Keys("\r")
	h.to(labelled("我的整改"))
	h.Enter()
	if !strings.Contains(h.At(), "queue=do") || !strings.Contains(h.At(), "type=rectification") {
		t.Errorf("the filter that was kept leads to %s", h.At())
	}

	h.Keys("jx")
	if n := browser.Eval[int](h.Tab, `document.querySelectorAll('[data-pick]:checked').length`); n != 1 {
		t.Fatalf("%d matters are ticked", n)
	}
	at := browser.Eval[string](h.Tab, `document.querySelector('[data-pick]:checked').closest('tr').querySelector("a[href^='/matters/']").getAttribute('href')`)
	h.to(labelled("办理所选事项"))
	h.Enter()
	h.Axe()
	h.to(`it.type === 'radio'`)
	for range 10 {
		if browser.Eval[bool](h.Tab, `document.activeElement.value === 'rectification.claim'`) {
			break
		}
		h.Keys("\u0301") // the arrow down
	}
	h.Keys("\r")
	h.Until(`document.querySelector('main form[method=post]')`)
	h.to(`it.matches('main form[method=post] button.primary')`)
	h.Enter()
	h.Says("1项已办理")
	h.Axe()

	desk.Visit(at)
	desk.Says("已认领")
	desk.to(labelled("关注"))
	desk.Enter()
	desk.to(labelled("取消关注"))
	desk.to(`it.name === 'text'`)
	desk.Keys("@donghu-staff 请先报方案")
	desk.to(labelled("发表评论"))
	desk.Enter()
	desk.Says("请先报方案", "已提醒")

	h.Visit("/")
	h.to(`it.matches('a.bell')`)
	h.Enter()
	h.Says("在评论中提到了您")
	h.Keys("j")
	h.Enter()
	if here, _, _ := strings.Cut(h.At(), "?"); !strings.HasPrefix(here, at) {
		t.Errorf("the notice leads to %s, not to %s", h.At(), at)
	}
	h.Says("请先报方案")
	h.to(`it.matches("a[href$='/steps/dispute']")`)
	h.Enter()
	h.to(`it.name === 'note'`)
	h.Keys("情况已于去年整改。")
	h.to(`it.matches('main form button.primary')`)
	h.Enter()
	desk.Visit("/notices")
	desk.Says("关注的事项有进展")
}
