package journeys_test

import (
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/browser"
)

// The auditor follows things to what happened to them, by links alone, and reads it in words.
func history(t *testing.T, s town) {
	b := s.as("auditor")
	b.Visit("/")
	s.ofFinding(b)
	s.ofUnit(b)
	s.ofPlan(b)
	s.ofKinds(b)
	s.checkpoint(b)
}

// code is what a program calls something: a word of Latin letters where Chinese ones are read. Sign-in names and the
// names of files are what people chose; check digits are for comparing.
var code = regexp.MustCompile(`[a-z]+_[a-z_]+|\b[a-z]{3,}\b`)

var chosen = regexp.MustCompile(`(登录名|文件)：[a-z0-9.-]+|[0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4}…`)

// reads checks the history that is open: who did what when, and no code among the words.
func (s town) reads(b *browser.Tab, says ...string) {
	s.T.Helper()
	if !strings.HasPrefix(b.At(), "/history/") {
		s.T.Fatalf("the link leads to %s", b.At())
	}
	b.Says(append(says, "历史记录：")...)
	main := browser.Eval[string](b, `document.querySelector('main').innerText`)
	for line := range strings.SplitSeq(main, "\n") {
		if code.MatchString(chosen.ReplaceAllString(line, "")) || strings.Contains(line, "⟦") {
			s.T.Errorf("%s speaks in codes: %s", b.At(), line)
		}
	}
}

// ofFinding: from the ledger to a finding, to its history, and back to it.
func (s town) ofFinding(b *browser.Tab) {
	s.T.Helper()
	b.Press("台账")
	b.Follow(`main a[href^="/matters/"][data-item], main table a[href^="/matters/"]`)
	at := b.At()
	b.Follow(`main a[href^="/history/matter/"]`)
	s.reads(b, "登记")
	log := b.At()
	b.Each(log, "journey-history-matter")
	b.Lang("zh")
	b.Visit(log)
	b.Press("查看该事项")
	if b.At() != at {
		s.T.Errorf("the history of %s leads to %s", at, b.At())
	}
}

// ofUnit: from the tree to a unit and its history.
func (s town) ofUnit(b *browser.Tab) {
	s.T.Helper()
	b.Press("组织机构")
	b.Follow(`main a[href^="/units/"]`)
	b.Follow(`main a[href^="/history/unit/"]`)
	s.reads(b)
	b.Axe()
}

// ofPlan: from a cycle to its plan and its history.
func (s town) ofPlan(b *browser.Tab) {
	s.T.Helper()
	b.Visit("/")
	b.Press("年度考核")
	b.Follow(`main a[href="/cycles/2"]`)
	b.Follow(`main a[href^="/plans/"]`)
	b.Follow(`main a[href^="/history/plan/"]`)
	s.reads(b)
	b.Axe()
}

// ofKinds narrows the log to every kind of thing and opens the history of the first that stands there.
func (s town) ofKinds(b *browser.Tab) {
	s.T.Helper()
	b.Visit("/")
	b.Press("日志")
	kinds := browser.Eval[[]string](b, `[...document.querySelectorAll('main [name=kind] option')].map(o => o.value).filter(v => v)`)
	opened := 0
	for _, kind := range kinds {
		b.Visit("/audit?kind=" + kind)
		link := `main a[href^="/history/` + kind + `/"]`
		if !browser.Eval[bool](b, `!!document.querySelector('`+link+`')`) {
			continue
		}
		b.Follow(link)
		s.reads(b)
		opened++
	}
	if opened < 12 {
		s.T.Errorf("only %d of %v have a history", opened, kinds)
	}
}

// checkpoint prints the signed statement of the log on one sheet.
func (s town) checkpoint(b *browser.Tab) {
	s.T.Helper()
	b.Visit("/audit")
	b.Press("校验点")
	b.Says("签名文本", "根哈希", "签名文本二维码", "存放处")
	b.Each(b.At(), "journey-checkpoint")
	for _, lang := range []string{"en", "zh"} {
		b.Lang(lang)
		b.Visit("/audit/checkpoint")
		if n := b.Sheets(); n != 1 {
			s.T.Errorf("in %s the checkpoint takes %d sheets", lang, n)
		}
	}
	browser.Eval[bool](b, `(window.print = () => { window.printed = true; }, true)`)
	b.Tap(`[data-print]`)
	b.Until(`window.printed`)
}
