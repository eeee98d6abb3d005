package web_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
)

// reportHouse is a city with two counties in an open cycle; path is the first county's report.
func reportHouse(h *apptest.House) (list, path string, id int64) {
	h.AddUnits("C1 - city 甲市", "D1 C1 county 一区", "D2 C1 county 二县")
	h.AddPerson("王一", "secretary", "D1", "2020-01-01")
	cy := openCycle(h)
	r, err := cycle.ReporterOf(context.Background(), h.DB, cy.ID, h.Units["D1"].ID)
	if err != nil {
		h.T.Fatal(err)
	}
	return fmt.Sprintf("/cycles/%d/reports", cy.ID), fmt.Sprintf("/reports/%d", r.ID), r.ID
}

func says(t *testing.T, a apptest.Answer, words ...string) {
	t.Helper()
	text := apptest.Text(a.Body)
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("the page does not say %q: %s", w, text)
		}
	}
}

func upload(name, content string) (contentType string, body *bytes.Buffer) {
	body = &bytes.Buffer{}
	m := multipart.NewWriter(body)
	f, _ := m.CreateFormFile("file", name)
	_, _ = f.Write([]byte(content))
	_ = m.Close()
	return m.FormDataContentType(), body
}

// The whole life of a report, as its writer, its owner and its reviewer go through it in the browser.
func TestReportInTheBrowser(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		list, path, _ := reportHouse(h)
		var person int64
		if err := h.DB.QueryRow(context.Background(), `SELECT id FROM person WHERE code = '王一'`).Scan(&person); err != nil {
			t.Fatal(err)
		}
		staff, owner := h.As("staff", "staff@D1"), h.AsPerson("owner", person, "debriefer@D1")
		office, peer, presider := h.As("office", "secretariat@C1"), h.As("peer", "debriefer@D2"), h.As("presider", "presider@C1")

		says(t, staff.Page("/"), "一区2021年度述职报告", "还没有动笔", "2022年1月14日")
		says(t, office.Page(list), "撰写中", "王一")
		says(t, office.Page(path), "还没有提交")
		peer.Must(http.StatusNotFound, peer.Get(path))
		peer.Must(http.StatusNotFound, peer.Get(path+"/edit"))
		if a := office.Get(path + "/edit"); a.Status != http.StatusSeeOther {
			t.Errorf("a reviewer in the editor: %d", a.Status)
		}
		says(t, staff.Page(path+"/edit"), "王一本人提交", "存在的主要问题", "还没有附件")

		// Saving, by the button and by itself; a stale form keeps both texts.
		save := func(b *apptest.Browser, part, body string, version int) apptest.Answer {
			return b.Post(path+"/parts", "part", part, "body", body, "version", fmt.Sprint(version))
		}
		a := staff.Must(http.StatusSeeOther, save(staff, "results", "全年走访了二十个村。", 0))
		if a.Location != path+"/edit#p-results" {
			t.Error(a.Location)
		}
		a = owner.Must(http.StatusConflict, save(owner, "results", "我走访了二十一个村。", 0))
		says(t, a, "两人同时改了这一部分", "我走访了二十一个村。", "全年走访了二十个村。")
		says(t, owner.Page(path+"/edit"), "用我写的")
		owner.Must(http.StatusSeeOther, save(owner, "results", "我走访了二十一个村。", 1))
		owner.Must(http.StatusSeeOther, owner.Post(path+"/parts", "part", "promises", "version", "0", "target", "村村有阅览室", "measure", "每村一间", "date", "2022-10-31",
			"target", "", "measure", "", "date", ""))
		a = owner.Must(http.StatusUnprocessableEntity, owner.Post(path+"/parts", "part", "promises", "version", "1", "target", "村村有阅览室", "measure", "每村一间", "date", "十月底"))
		says(t, a, "第1项的日期不正确", "每村一间")
		staff.Must(http.StatusNotFound, save(staff, "nowhere", "x", 0))
		peer.Must(http.StatusForbidden, save(peer, "results", "x", 2))

		// Attachments.
		ct, body := upload("指标 表.pdf", "%PDF-1.7 x")
		staff.Must(http.StatusSeeOther, staff.Send(path+"/files", ct, body))
		ct, body = upload("x.pdf", "<html>")
		says(t, staff.Must(http.StatusUnprocessableEntity, staff.Send(path+"/files", ct, body)), "不能上传")
		ct, body = upload("x.pdf", "%PDF-1.7"+strings.Repeat("x", 20<<20))
		says(t, staff.Must(http.StatusRequestEntityTooLarge, staff.Send(path+"/files", ct, body)), "超过20 MB")
		link := regexp.MustCompile(path + `/files/\d+`).FindString(staff.Page(path + "/edit").Body)
		a = staff.Must(http.StatusOK, staff.Get(link))
		if d := a.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || a.Header.Get("X-Content-Type-Options") != "nosniff" || a.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%q %v", d, a.Header)
		}
		office.Must(http.StatusNotFound, office.Get(link))
		a = staff.Must(http.StatusSeeOther, staff.Post(link+"/remove"))
		says(t, staff.Get(strings.TrimSuffix(a.Location, "#files")), "附件已移除", "撤销移除")
		staff.Must(http.StatusSeeOther, staff.Post(link+"/restore"))

		// Handing in.
		version := func(b *apptest.Browser) string {
			return regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(b.Page(path + "/submit").Body)[1]
		}
		says(t, staff.Page(path+"/submit"), "本人提交")
		staff.Must(http.StatusForbidden, staff.Post(path+"/submit", "version", "1"))
		seen := version(owner)
		staff.Must(http.StatusSeeOther, save(staff, "problems", "下村太少。", 0))
		says(t, owner.Must(http.StatusConflict, owner.Post(path+"/submit", "version", seen)), "有人改动了内容")
		v := version(owner)
		owner.Must(http.StatusSeeOther, owner.Post(path+"/submit", "version", v, "_once", "form-1"))
		owner.Must(http.StatusConflict, owner.Post(path+"/submit", "version", v, "_once", "form-1")) // the button pressed twice
		says(t, owner.Page(path+"/edit"), "正在审核")
		says(t, owner.Page(path), "待审核", "村村有阅览室")

		// Review: remarks, return, answer, again, accept.
		says(t, presider.Page(path), "我走访了二十一个村。")
		presider.Must(http.StatusForbidden, presider.Post(path+"/accept", "number", "1"))
		office.Must(http.StatusOK, office.Get(link))
		says(t, office.Page(path+"/review"), "对这一部分提意见", "自动检查")
		says(t, office.Must(http.StatusUnprocessableEntity, office.Post(path+"/return", "number", "1")), "至少写一条意见")
		says(t, office.Must(http.StatusUnprocessableEntity, office.Post(path+"/remarks", "number", "1", "part", "problems", "body", " ")), "请写明意见内容")
		office.Must(http.StatusSeeOther, office.Post(path+"/remarks", "number", "1", "part", "problems", "body", "问题不具体。"))
		says(t, office.Page(path+"/review"), "问题不具体。", "退回时发出")
		says(t, office.Must(http.StatusUnprocessableEntity, office.Post(path+"/accept", "number", "1")), "没有发出的意见")
		office.Must(http.StatusSeeOther, office.Post(path+"/return", "number", "1", "due", "2022-01-13"))
		a = owner.Page(path + "/edit")
		says(t, a, "问题不具体。", "退回", "office", "presider", "首次打开第1稿")
		says(t, owner.Page("/"), "退回修改", "2022年1月13日")
		answer := regexp.MustCompile(path + `/answers/\d+`).FindString(a.Body)
		var stands string
		if err := h.DB.QueryRow(context.Background(), `SELECT CAST(version AS TEXT) FROM report WHERE reporter_id = $1`, strings.TrimPrefix(path, "/reports/")).Scan(&stands); err != nil {
			t.Fatal(err)
		}
		first := path + "/edit#m-" + answer[strings.LastIndex(answer, "/")+1:]
		if page := owner.Page(path + "/submit"); !strings.Contains(page.Body, `href="`+first+`"`) || strings.Contains(page.Body, `action="`+path+`/submit"`) {
			t.Error("a report with an open remark offers to be handed in")
		}
		says(t, owner.Page(path+"/edit"), "先答复1条退回意见")
		says(t, owner.Must(http.StatusUnprocessableEntity, owner.Post(path+"/submit", "version", stands)), "1条退回意见没有答复")
		owner.Must(http.StatusSeeOther, owner.Post(answer, "answer", "已写明三处。", "version", "1"))
		says(t, staff.Must(http.StatusConflict, staff.Post(answer, "answer", "另一个答复", "version", "1")), "另一个答复", "已写明三处。")
		owner.Must(http.StatusSeeOther, save(owner, "problems", "一是下村少，二是会多，三是表多。", 1))
		owner.Must(http.StatusSeeOther, owner.Post(path+"/submit", "version", version(owner)))
		if a := office.Post(path+"/accept", "number", "1"); a.Status != http.StatusSeeOther || a.Location != path+"/review" {
			t.Errorf("an older version was accepted: %d %s", a.Status, a.Location)
		}
		says(t, office.Page(path+"/review"), "第2稿", "已写明三处。")
		office.Must(http.StatusSeeOther, office.Post(path+"/accept", "number", "2"))
		says(t, office.Page(list+"?state=accepted"), "审核通过", "第2稿")
		owner.Must(http.StatusUnprocessableEntity, save(owner, "problems", "改一下", 2))

		a = office.Must(http.StatusOK, office.Get(path+"/report.docx"))
		if z, err := zip.NewReader(strings.NewReader(a.Body), int64(len(a.Body))); err != nil || !strings.Contains(a.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("no office document: %v %v", err, a.Header)
		} else if text := readZip(z, "word/document.xml"); !strings.Contains(text, "一是下村少，二是会多，三是表多。") || !strings.Contains(text, "村村有阅览室") {
			t.Errorf("the document lacks the text: %s", text)
		}
		peer.Must(http.StatusNotFound, peer.Get(path+"/report.docx"))

		// Versions and their difference.
		a = owner.Page(path + "/versions")
		says(t, a, "第1稿", "第2稿", "底稿")
		diff := strings.ReplaceAll(regexp.MustCompile(path+`/diff\?a=\d+&amp;b=\d+`).FindString(a.Body), "&amp;", "&")
		owner.Page(diff)
		owner.Page(regexp.MustCompile(path + `/versions/\d+`).FindString(a.Body))
		a = office.Page(path + "/versions")
		if strings.Contains(a.Body, ">底稿<") {
			t.Error("the reviewer sees kept drafts")
		}
		diff = strings.ReplaceAll(regexp.MustCompile(path+`/diff\?a=\d+&amp;b=\d+`).FindString(a.Body), "&amp;", "&")
		says(t, office.Page(diff), "<ins>", "<del>")
		office.Must(http.StatusNotFound, office.Get(path+"/diff?a=0&b=0"))
		office.Must(http.StatusNotFound, office.Get(path+"/diff?a=x&b=1"))
		peer.Must(http.StatusNotFound, peer.Get(path+"/versions"))
		peer.Must(http.StatusNotFound, peer.Get(list+"/../"+"reports/999"))
	})
}

func readZip(z *zip.Reader, name string) string {
	f, err := z.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	text, _ := io.ReadAll(f)
	return string(text)
}

// Autosave answers with the new version and nothing to read; without a session the form is carried through the sign-in.
func TestReportSavesItself(t *testing.T) {
	h := apptest.SQLite(t)
	_, path, _ := reportHouse(h)
	staff := h.As("staff", "staff@D1")
	a := staff.Must(http.StatusNoContent, staff.Autosave(path+"/parts", "part", "causes", "body", "我抓得不紧。", "version", "0"))
	if a.Header.Get("X-Version") != "1" || a.Body != "" {
		t.Errorf("%q %q", a.Header.Get("X-Version"), a.Body)
	}
	staff.Must(http.StatusNoContent, staff.Autosave(path+"/parts", "part", "causes", "body", "我抓得不紧，管得不细。", "version", "1"))
	staff.Must(http.StatusConflict, staff.Autosave(path+"/parts", "part", "causes", "body", "旧表单", "version", "1"))
	staff.Must(http.StatusSeeOther, staff.Post(path+"/aside", "part", "causes"))
	if a := staff.Page(path + "/edit"); strings.Contains(a.Body, "旧表单") {
		t.Error("the text that was not wanted is still there")
	}
	says(t, staff.Must(http.StatusOK, staff.Get(path+"/checks")), "还没有内容")
	nobody := h.Nobody()
	says(t, nobody.Must(http.StatusUnauthorized, nobody.Post(path+"/parts", "part", "causes", "body", "会话过期时写的一段话", "version", "2")), "会话过期时写的一段话")
	if a, err := h.Rooms.Reports.Find(context.Background(), authz.Everything(), 1); err != nil || a.State != "drafting" {
		t.Error(a.State, err)
	}
}
