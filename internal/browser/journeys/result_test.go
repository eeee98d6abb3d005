package journeys_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"plumbline/internal/browser"
)

// The result of this year's cycle, from the last check-sheet to the letter in the hands of its unit.
func result(t *testing.T, s town) {
	unit := itoa(s.number(`SELECT id FROM unit WHERE code = 'WC01'`))
	desk := s.as("office")
	s.fixed(desk)
	s.explained(desk, unit)
	grade := s.decided(desk, unit)
	letter := s.issued(desk, unit)
	s.notified(desk)
	s.received(letter, grade)
}

// fixed fills in the check-sheets that are missing and fixes the result.
func (s town) fixed(b *browser.Tab) {
	s.T.Helper()
	b.Visit("/cycles/2/result")
	b.Says("还缺3项数据")
	b.Axe()
	b.Visit("/cycles/2/sheets")
	b.Press("填写下一张")
	b.Axe()
	for left := 3; left > 0; left-- {
		if left == 2 {
			b.Fill("times-promise", "1")
		}
		b.Follow(`main form button[value=lock]`)
	}
	b.Says("该项评分全部完成")
	b.Visit("/cycles/2/result")
	b.Says("试算，未确定", "数据已齐")
	b.Axe()
	b.Tap(`form[action="/cycles/2/result/fix"] button`)
	sure(b)
	b.Says("第1次确定", "比例要求", "得分并列", "由常委会审定", "收回11张，发出11张，应到11人")
}

// explained follows the ranking to one unit and works its score out by hand, from the class means to the composite.
func (s town) explained(b *browser.Tab, unit string) {
	s.T.Helper()
	b.Follow(`#ranking a[href^="/cycles/2/result/` + unit + `?"]`)
	at := b.At()
	b.Says("东湖区：得分说明", "从计票到各票类平均分", "A票：常委会成员", "各组成部分加权合计", "建议等次")
	tables := browser.Eval[[][][]string](b, `[...document.querySelectorAll('main table')].map(t => [...t.rows].map(r => [...r.cells].map(c => c.innerText.split('\n')[0].trim())))`)
	if len(tables) != 2 {
		s.T.Fatalf("%d tables explain the score:\n%s", len(tables), b.Text())
	}
	ballot := s.adds(tables[0], 3)
	composite := s.adds(tables[1], 1)
	if tables[1][1][1] != ballot {
		s.T.Errorf("the ballot gives %s, the composite takes %s of it", ballot, tables[1][1][1])
	}
	if !strings.Contains(browser.Eval[string](b, `document.querySelector('main').innerText`), composite) {
		s.T.Errorf("the composite %s is not said", composite)
	}
	b.Each(at, "journey-result-unit")
	b.Lang("zh")
}

// adds checks that every line is its score times its weight, and that the lines add up to the foot, which it gives.
func (s town) adds(table [][]string, score int) string {
	s.T.Helper()
	sum := 0.0
	for _, row := range table[1 : len(table)-1] {
		n, weight, share := amount(row[score]), amount(row[score+1]), amount(row[score+2])
		if math.Abs(n*weight-share) > 0.011 {
			s.T.Errorf("%v: %v × %v is not %v", row, n, weight, share)
		}
		sum += share
	}
	foot := table[len(table)-1]
	total := foot[len(foot)-1]
	if math.Abs(sum-amount(total)) > 0.02 || len(table) < 4 {
		s.T.Errorf("%v adds up to %v, not %s", table, sum, total)
	}
	return total
}

var figure = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)

// amount is the first figure in a text, far out where there is none.
func amount(text string) float64 {
	n, err := strconv.ParseFloat(figure.FindString(text), 64)
	if err != nil {
		return math.MaxInt32
	}
	return n
}

// decided records the committee's decision. It departs from the suggestion for one unit: without a reason that is
// refused at its field, and nothing that was typed is lost. It gives the grade that was decided for the unit.
func (s town) decided(b *browser.Tab, unit string) (grade string) {
	s.T.Helper()
	const at = "/cycles/2/decision"
	b.Visit("/cycles/2/result")
	b.Press("录入审定等次")
	b.Each(at, "journey-decision")
	b.Lang("zh")
	b.Visit(at)
	choice, why := "grade-"+unit, "reason-"+unit
	suggested := browser.Eval[string](b, `document.querySelector('[name="`+choice+`"]').value`)
	to := map[string]string{"good": "fairly_good"}[suggested]
	if to == "" {
		to = "good"
	}
	day := browser.Eval[string](b, `document.querySelector('[name=met_on]').max`)
	fill := func(reason string) {
		b.Fill("body", "市委常委会第12次会议")
		b.Fill("met_on", day)
		b.Fill(choice, to)
		b.Fill(why, reason)
		b.Fill("quota_reason", "整体完成较好，不再调整。")
		b.Tap(`form[action="` + at + `"] .actions button`)
		sure(b)
	}
	fill("")
	b.Says("东湖区：与建议等次不一致，请说明理由。")
	b.Axe()
	b.Shot("journey-decision-refused")
	if n := s.number(`SELECT COUNT(*) FROM decision WHERE cycle_id = 2`); n != 0 {
		s.T.Errorf("%d decisions without a reason", n)
	}
	wrong := browser.Eval[[]string](b, `(() => { const f = name => document.querySelector('main form [name="' + name + '"]'); const el = f('`+why+`');
		return [el.getAttribute('aria-invalid'), document.getElementById(el.getAttribute('aria-describedby').split(' ').pop()).innerText,
			document.querySelector('.errors a').getAttribute('href'), f('`+choice+`').value, f('body').value, f('met_on').value, f('quota_reason').value] })()`)
	for i, want := range []string{"true", "与建议等次不一致，请说明理由。", "#f-" + why, to, "市委常委会第12次会议", day, "整体完成较好，不再调整。"} {
		if !strings.Contains(wrong[i], want) {
			s.T.Errorf("the refused form says %q, want %q", wrong[i], want)
		}
	}
	b.Lang("en")
	fill("")
	b.Says("Donghu District: Say why the grade departs from the suggestion.")
	b.Lang("zh")
	fill("一项重点任务逾期，常委会研究决定调整。")
	b.Says("审定等次已录入", "第1号决定", "市委常委会第12次会议", "一项重点任务逾期，常委会研究决定调整。", "与建议不同")
	b.Axe()
	return browser.Eval[string](b, `[...document.querySelectorAll('main table tbody tr')].find(r => r.innerText.includes('WC01')).cells[2].innerText.split('\n')[0].trim()`)
}

// issued words the letter of the unit, adds a line, and issues it.
func (s town) issued(b *browser.Tab, unit string) (at string) {
	s.T.Helper()
	b.Press("起草反馈意见书")
	b.Says("待起草")
	b.Follow(`form[action="/cycles/2/letters/draft"] button`)
	b.Says("草稿已生成")
	b.Axe()
	at = fmt.Sprintf("/letters/%d", s.number(`SELECT id FROM letter WHERE cycle_id = 2 AND unit_id = $1 AND state = 'draft'`, unit))
	b.Follow(`main table a[href="` + at + `"]`)
	b.Each(at, "journey-letter-draft")
	b.Lang("zh")
	b.Visit(at)
	b.Fill("closing", "请于15日内报送整改方案。")
	b.Follow(`#letter button[value=save]`)
	b.Says("草稿已保存")
	if browser.Eval[bool](b, `!!document.querySelector('#letter [name=reason]')`) {
		b.Fill("reason", "点评意见已口头反馈，先行印发。")
	}
	b.Tap(`#letter button[value=issue]`)
	sure(b)
	b.Says("已印发", "请于15日内报送整改方案。")
	return at
}

// notified makes the notification, narrower than the plan says: every unit is to read its own grade alone.
func (s town) notified(b *browser.Tab) {
	s.T.Helper()
	const at = "/cycles/2/notification"
	b.Visit(at)
	b.Follow(`form[action="` + at + `/draft"] button`)
	b.Says("通报范围")
	b.Fill("reach", "unit")
	b.Axe()
	b.Tap(`#letter button[value=issue]`)
	sure(b)
	b.Says("已印发", "仅本单位", "东湖区")
	b.Shot("journey-notification")
}

// received: the debriefer reads the grade, the letter and the unit's own line of the notification; a unit outside the
// range, and somebody who is not signed in, learn nothing.
func (s town) received(letter, grade string) {
	s.T.Helper()
	const at = "/cycles/2/notification"
	b := s.as("donghu")
	b.Phone()
	b.Visit("/")
	b.Says("本单位的考核结果", grade)
	b.Axe()
	b.Follow(`main a[href="` + letter + `"]`)
	b.Says("东湖区", grade, "请于15日内报送整改方案。")
	b.Each(letter, "journey-letter")
	b.Lang("zh")
	b.Visit("/")
	b.Follow(`main a[href="` + at + `"]`)
	b.Says("您只能看到本单位的等次", "东湖区", grade)
	if seen := b.Text(); strings.Contains(seen, "西岭区") || strings.Contains(seen, "市农业农村局") {
		s.T.Errorf("one unit reads of another:\n%s", seen)
	}
	b.Axe()
	out := s.as("baishi")
	out.Visit("/")
	if browser.Eval[bool](out, `!!document.querySelector('a[href="`+at+`"]')`) {
		s.T.Error("a unit outside the range is led to the notification")
	}
	out.Visit(at)
	out.Says("没有找到该页面")
	out.Visit(letter)
	out.Says("没有找到该页面")
	nobody := s.Nobody()
	nobody.Visit(at)
	if !strings.HasPrefix(nobody.At(), "/signin") {
		s.T.Errorf("without signing in one is at %s", nobody.At())
	}
}
