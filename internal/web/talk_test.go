package web_test

import (
	"regexp"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
)

// comments posts a comment and gives the matter's page after it.
func comments(b *apptest.Browser, at, text string) string {
	a := b.Must(303, b.Post(at+"/talk", "text", text))
	path, _, _ := strings.Cut(a.Location, "#")
	return apptest.Text(b.Page(path).Body)
}

func unread(b *apptest.Browser) string { return apptest.Text(b.Page("/notices").Body) }

func TestFollowersAreToldOnceWhenAMatterMovesOn(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.register("组织生活记录补写") // the clerk follows what the clerk registered
		x.verifier.Must(303, x.verifier.Post(at+"/follow", "follows", "1"))
		x.staff.Must(303, x.staff.Post(at+"/follow", "follows", "1"))
		x.other.Must(404, x.other.Post(at+"/follow", "follows", "1"))
		x.staff.Must(303, step(x.staff, at, "claim"))
		for who, b := range map[string]*apptest.Browser{"clerk": x.clerk, "verifier": x.verifier} {
			if text := unread(b); strings.Count(text, "关注的事项有进展：认领") != 1 || !strings.Contains(text, "组织生活记录补写") {
				t.Errorf("the %s is not told once: %s", who, text)
			}
		}
		if text := unread(x.staff); !strings.Contains(text, "没有未读通知") {
			t.Errorf("the one who did it is told: %s", text)
		}
		if text := unread(x.county); !strings.Contains(text, "没有未读通知") {
			t.Errorf("somebody who does not follow is told: %s", text)
		}
		if text := apptest.Text(x.verifier.Page("/matters?queue=followed").Body); !strings.Contains(text, "ZG-2022-0001") || !strings.Contains(text, "我关注的") {
			t.Errorf("what one follows is not listed: %s", text)
		}
		x.verifier.Must(303, x.verifier.Post("/notices/read", "upto", "1000000"))
		x.verifier.Must(303, x.verifier.Post(at+"/follow", "follows", "0"))
		comments(x.clerk, at, "@verifier 请关注") // whoever stopped is told of this, and does not follow again
		x.county.Must(303, step(x.county, at, "dispute", "note", "不属实"))
		if text := unread(x.verifier); strings.Count(text, "关注的事项有进展") != 1 || !strings.Contains(text, "在评论中提到了您") {
			t.Errorf("whoever stopped following: %s", text)
		}
		if text := apptest.Text(x.verifier.Page("/matters?queue=followed").Body); strings.Contains(text, "ZG-2022-0001") {
			t.Error("what is no longer followed is listed")
		}
	})
}

var talkLink = regexp.MustCompile(`href="(/matters/\d+/talk/\d+)"`)

func TestACommentTellsWhomItNamesAndNobodyElse(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.register("组织生活记录补写")
		text := comments(x.clerk, at, "@王五请核对，@other 与 @无此人 看不到；地址a@b.cn不算")
		if !strings.Contains(text, "已提醒county") || !strings.Contains(text, "未能提醒other、无此人") || strings.Contains(text, "b.cn：") {
			t.Errorf("the comment does not say whom it told: %s", text)
		}
		if text := unread(x.county); strings.Count(text, "在评论中提到了您") != 1 || !strings.Contains(text, "clerk") {
			t.Errorf("whoever is named is not told once: %s", text)
		}
		if text := unread(x.other); !strings.Contains(text, "没有未读通知") {
			t.Errorf("somebody who may not read the matter is told of it: %s", text)
		}
		page := x.county.Page(at)
		if text := apptest.Text(page.Body); !strings.Contains(text, "地址a@b.cn不算") || strings.Contains(text, "未能提醒") || talkLink.MatchString(page.Body) {
			t.Errorf("another reader sees: %s", text)
		}
		link := talkLink.FindStringSubmatch(x.clerk.Page(at).Body)[1]
		x.clerk.Page(link)
		x.county.Must(404, x.county.Get(link))
		x.county.Must(404, x.county.Post(link, "version", "1", "text", "改掉"))
		x.clerk.Must(422, x.clerk.Post(link, "version", "1", "text", " "))
		x.clerk.Must(409, x.clerk.Post(link, "version", "9", "text", "@王五 @verifier 请核对"))
		x.clerk.Must(303, x.clerk.Post(link, "version", "1", "text", "@王五 @verifier 请核对"))
		if text := unread(x.county); strings.Count(text, "在评论中提到了您") != 1 {
			t.Errorf("an edited comment tells again: %s", text)
		}
		if text := unread(x.verifier); strings.Count(text, "在评论中提到了您") != 1 {
			t.Errorf("an edited comment does not tell whom it newly names: %s", text)
		}
		history := apptest.Text(x.county.Page(strings.Replace(at, "/matters/", "/history/matter/", 1)).Body)
		if !strings.Contains(history, "发表评论") || !strings.Contains(history, "修改评论") || strings.Contains(history, "请核对") {
			t.Errorf("the log holds the text of a comment, or does not know of it: %s", history)
		}
		if a := x.clerk.Must(422, x.clerk.Post(link+"/withdraw")); !strings.Contains(a.Body, "确定撤回吗") {
			t.Error("a comment is withdrawn without a question")
		}
		x.clerk.Must(303, x.clerk.Post(link+"/withdraw", "_sure", "1"))
		if text := apptest.Text(x.county.Page(at).Body); strings.Contains(text, "请核对") || !strings.Contains(text, "撤回") {
			t.Errorf("a withdrawn comment shows: %s", text)
		}
		x.clerk.Must(404, x.clerk.Get(link))
		x.clerk.Must(422, x.clerk.Post(at+"/talk", "text", strings.Repeat("长", 2001)))
		x.other.Must(404, x.other.Post(at+"/talk", "text", "看不到的人说话"))
	})
}

func TestWhoeverMayReadAMatterMayCommentOnIt(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x := castOf(h)
		at := x.register("组织生活记录补写")
		for _, role := range []string{"observer", "committee", "editor", "auditor"} {
			b := h.As("a-"+role, role+"@C")
			if !strings.Contains(b.Page(at).Body, `action="`+at+`/talk"`) {
				t.Errorf("the page offers the %s no box", role)
			}
			b.Must(303, b.Post(at+"/talk", "text", "请附原始记录："+role))
			if !strings.Contains(x.county.Page(at).Body, "请附原始记录："+role) {
				t.Errorf("what the %s said is not shown", role)
			}
		}
		x.other.Must(404, x.other.Post(at+"/talk", "text", "看不到"))
	})
}
