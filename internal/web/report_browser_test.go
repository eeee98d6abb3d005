package web_test

import (
	"context"
	"fmt"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/review/report"
)

// type puts words into a part's text box as a person does.
func typing(part, text string) string {
	return fmt.Sprintf(`(() => { const el = document.querySelector('#f-p-%s'); el.focus(); el.value = %q; el.dispatchEvent(new Event('input', {bubbles: true})); el.dispatchEvent(new Event('change', {bubbles: true})); })()`, part, text)
}

// What somebody writes is saved by itself, again and again; a colleague's change and an ended session lose nothing.
func TestReportWritesItselfDown(t *testing.T) {
	h := apptest.SQLite(t)
	_, path, id := reportHouse(h)
	staff := h.As("staff", "staff@D1")
	colleague := h.As("colleague", "staff@D1")
	c := h.Chrome(staff)
	saved := func() string {
		var body string
		_ = h.DB.QueryRow(context.Background(), `SELECT body FROM report_part WHERE reporter_id = $1 AND part = 'causes'`, id).Scan(&body)
		return body
	}
	status := `document.querySelector('#form-p-causes [data-autosave-status]').textContent`
	c.Open(path + "/edit")
	c.Run(typing("causes", "我抓得不紧。"))
	c.Until(status + `.includes('保存') && document.querySelector('#form-p-causes').elements.version.value === '1'`)
	c.Run(typing("causes", "我抓得不紧，管得不细。"))
	c.Until(`document.querySelector('#form-p-causes').elements.version.value === '2'`)
	if saved() != "我抓得不紧，管得不细。" {
		t.Fatalf("saved: %q", saved())
	}
	// The checks beside the text follow without a reload.
	c.Until(`!document.querySelector('.checks').innerText.includes('“原因剖析”还没有内容')`)

	colleague.Must(204, colleague.Autosave(path+"/parts", "part", "causes", "body", "同事的话。", "version", "2"))
	c.Run(typing("causes", "我抓得不紧，管得不细，盯得不够。"))
	c.Until(status + `.includes('他人')`)
	c.Open(path + "/edit")
	c.Until(`document.body.innerText.includes('两人同时改了这一部分') && document.body.innerText.includes('盯得不够')`)
	if saved() != "同事的话。" {
		t.Fatalf("a colleague's words were overwritten: %q", saved())
	}

	c.SignOut()
	c.Run(typing("problems", "登录过期以后写的话。"))
	c.Until(`document.querySelector('#form-p-problems [data-autosave-status]').textContent.includes('过期')`)
	c.SignIn(staff)
	c.Open(path + "/edit")
	c.Run(`[...document.querySelectorAll('#form-p-problems button')].find(b => b.textContent === '恢复').click()`)
	c.Until(`document.querySelector('#form-p-problems').elements.version.value === '1'`)
	d, err := h.Rooms.Reports.Draft(context.Background(), staff.Actor, h.Gate.Policy().Scope(staff.Actor, "read"), id, 0)
	if err != nil || d.Parts["problems"].Body != "登录过期以后写的话。" {
		t.Fatalf("%+v %v", d.Parts["problems"], err)
	}
	// A figure goes where the cursor stands.
	c.Run(`const el = document.querySelector('#f-p-results'); el.value = '共件'; el.setSelectionRange(1, 1); document.querySelector('#form-p-results [data-insert]').click()`)
	if got := c.Text(`document.querySelector('#f-p-results').value`); got != "共{上年度问题数}件" {
		t.Errorf("inserted: %q", got)
	}
	// The page counts as the checks do.
	for _, text := range []string{"共12个,完成98.5%。", "We don't count blanks.", "A/B （一）", "3,000 m"} {
		c.Run(typing("problems", text))
		want := fmt.Sprintf("%d字", report.Length(text))
		if got := c.Text(`document.querySelector('[data-count="f-p-problems"]').textContent`); got != want {
			t.Errorf("%q: the page counts %s, the checks %s", text, got, want)
		}
	}
}
