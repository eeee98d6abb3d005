package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app/apptest"
	"plumbline/internal/ledger"
)

// boardsHouse is a city with three counties and an approved indicator, whose board's address it gives.
func boardsHouse(h *apptest.House) (clerk *apptest.Browser, path string) {
	h.AddUnits("C1 - city 甲市", "X1 C1 county 一县", "X2 C1 county 二县", "X3 C1 county 三县")
	clerk = h.As("clerk", "secretariat@C1")
	id, err := h.Rooms.Ledgers.Register(context.Background(), clerk.Actor, ledger.Draft{Type: "indicator", Convenor: h.Units["C1"].ID, Repeat: ledger.NoRepeat, Fields: map[string]string{
		"name": "流动登记率", "definition": "已登记数占应登记数的比例", "measure": "%", "direction": "up", "source": "import", "period": "month", "target": "95", "weight": "1", "until": "2022-12-31"}})
	if err == nil {
		err = h.Rooms.Ledgers.Take(context.Background(), clerk.Actor, id, ledger.In{Step: "approve"})
	}
	if err != nil {
		h.T.Fatal(err)
	}
	return clerk, "/boards/" + itoa(id)
}

func boardField(h *apptest.House, code string) string { return "value-" + itoa(h.Units[code].ID) }

// sendFigures sends a file of figures.
func sendFigures(b *apptest.Browser, do, text string) apptest.Answer {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("do", do)
	part, _ := w.CreateFormFile("file", "figures.csv")
	_, _ = part.Write([]byte(text))
	_ = w.Close()
	return b.Send("/boards/import", w.FormDataContentType(), &body)
}

func TestABoardIsFilledShownSettledAndCorrected(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		clerk, path := boardsHouse(h)
		if text := apptest.Text(clerk.Page("/boards").Body); !strings.Contains(text, "流动登记率") || !strings.Contains(text, "无数据") {
			t.Fatalf("the board before any figure: %s", text)
		}
		bad := clerk.Must(422, clerk.Post(path+"/values?period=2022-01", boardField(h, "X1"), "很多", boardField(h, "X2"), "90"))
		if !strings.Contains(apptest.Text(bad.Body), "“很多”不是数") || !strings.Contains(bad.Body, `value="90"`) {
			t.Fatalf("a form that came back: %s", apptest.Text(bad.Body))
		}
		clerk.Must(303, clerk.Post(path+"/values?period=2022-01", boardField(h, "X1"), "90", boardField(h, "X2"), "96", boardField(h, "X3"), ""))
		// January is under way: it can't be settled yet.
		clerk.Must(422, clerk.Post(path+"/settle?period=2022-01", "_sure", "1"))
		h.Clock.Set(time.Date(2022, 2, 8, 1, 0, 0, 0, time.UTC))
		clerk.Again()
		clerk.Must(303, clerk.Post(path+"/values?period=2022-02", boardField(h, "X1"), "97", boardField(h, "X2"), "80", boardField(h, "X3"), ""))
		text := apptest.Text(clerk.Page(path + "?period=2022-02").Body)
		for _, want := range []string{"第1名 一县 97 95 绿灯 ↑1", "第2名 二县 80 95 红灯 ↓1", "– 三县 无数据"} {
			if !strings.Contains(text, want) {
				t.Errorf("the board does not say %q: %s", want, text)
			}
		}
		both := apptest.Text(clerk.Page("/boards?period=2022-02").Body)
		if !strings.Contains(both, "综合榜") || !strings.Contains(both, "第1名 一县 100.00 ↑1") || !strings.Contains(both, "– 三县 无数据 缺1项数据") {
			t.Errorf("the combined board: %s", both)
		}
		clerk.Must(422, clerk.Post(path+"/settle?period=2022-01")) // asks first
		clerk.Must(303, clerk.Post(path+"/settle?period=2022-01", "_sure", "1"))
		clerk.Must(422, clerk.Post(path+"/values?period=2022-01", boardField(h, "X1"), "91"))
		clerk.Must(303, clerk.Post(path+"/values?period=2022-01", boardField(h, "X1"), "91", "reason", "漏报一批"))
		unit := clerk.Page(path + "/units/" + itoa(h.Units["X1"].ID))
		if text := apptest.Text(unit.Body); !strings.Contains(text, "更正") || !strings.Contains(text, "漏报一批") || !strings.Contains(text, "已被更新") {
			t.Errorf("the versions: %s", text)
		}
		for _, at := range []string{path + "/export?period=2022-02", "/boards/export"} {
			if a := clerk.Must(200, clerk.Get(at)); !strings.HasPrefix(a.Body, "PK") {
				t.Errorf("%s is no workbook", at)
			}
		}
	})
}

func TestFiguresAreImportedOnThePage(t *testing.T) {
	h := apptest.SQLite(t)
	clerk, path := boardsHouse(h)
	clerk.Page("/boards/import")
	clerk.Must(422, clerk.Send("/boards/import", "multipart/form-data; boundary=x", strings.NewReader("--x--\r\n")))
	if text := apptest.Text(clerk.Must(422, sendFigures(clerk, "import", "指标,单位编码,周期,数值\n流动登记率,X9,2022-01,95\n")).Body); !strings.Contains(text, "没有编码为“X9”的单位") {
		t.Fatal(text)
	}
	good := "指标,单位编码,周期,数值\n流动登记率,X1,2022-01,95\n"
	clerk.Must(200, sendFigures(clerk, "check", good))
	if strings.Contains(clerk.Page(path).Body, "第1名") {
		t.Fatal("checking a file took it in")
	}
	clerk.Must(200, sendFigures(clerk, "import", good))
	if !strings.Contains(clerk.Page(path).Body, "第1名") {
		t.Fatal("the file was not taken in")
	}
}

func TestACountySeesTheWholeBoardAndFillsNothing(t *testing.T) {
	h := apptest.SQLite(t)
	clerk, path := boardsHouse(h)
	clerk.Must(303, clerk.Post(path+"/values?period=2022-01", boardField(h, "X1"), "90", boardField(h, "X2"), "96"))
	county := h.As("county", "staff@X2")
	text := apptest.Text(county.Page(path).Body)
	if !strings.Contains(text, "一县") || !strings.Contains(text, "二县") {
		t.Errorf("the county does not see its peers: %s", text)
	}
	for _, hidden := range []string{path + "/values", path + "/settle"} {
		if strings.Contains(county.Get(path).Body, hidden) {
			t.Errorf("the county is led to %s", hidden)
		}
	}
	county.Must(403, county.Post(path+"/values?period=2022-01", boardField(h, "X2"), "100"))
	h.AddUnits("C2 - city 乙市")
	other := h.As("other", "secretariat@C2")
	other.Must(404, other.Get(path))
	other.Must(404, other.Post(path+"/values?period=2022-01", boardField(h, "X2"), "100"))
	if text := apptest.Text(other.Page("/boards").Body); strings.Contains(text, "流动登记率") {
		t.Errorf("another city is shown the board: %s", text)
	}
	for _, at := range []string{path + "?period=2022-Q1", path + "?period=yesterday", path + "?under=" + itoa(h.Units["C2"].ID), "/boards?by=999", path + "/units/999"} {
		if a := clerk.Get(at); a.Status != 404 {
			t.Errorf("%s: status %d", at, a.Status)
		}
	}
}

// The page says that log-ins never count, in both languages.
func TestTheBoardsSayThatLogInsNeverCount(t *testing.T) {
	h := apptest.SQLite(t)
	clerk, _ := boardsHouse(h)
	clerk.Lang = "en"
	if !regexp.MustCompile(`log-ins, visits .* never count`).MatchString(apptest.Text(clerk.Get("/boards").Body)) {
		t.Error("the English page does not say so")
	}
	clerk.Lang = "zh"
	if !strings.Contains(clerk.Get("/boards").Body, "登录、浏览、录入次数一律不计") {
		t.Error("the Chinese page does not say so")
	}
}
