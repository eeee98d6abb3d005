package web_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"strings"
	"testing"

	"plumbline/internal/app/apptest"
	"plumbline/internal/ledger"
)

// hand sends a file of matters.
func hand(t *testing.T, b *apptest.Browser, text string, pairs ...string) apptest.Answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		_ = w.WriteField(pairs[i], pairs[i+1])
	}
	part, err := w.CreateFormFile("file", "台账.csv")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte(text))
	_ = w.Close()
	return b.Send("/matter-imports/new", w.FormDataContentType(), &body)
}

func holds(t *testing.T, a apptest.Answer, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(a.Body, w) {
			t.Errorf("the page does not say %q: %s", w, apptest.Text(a.Body))
		}
	}
}

// An office brings its register: it is tried, its columns are put right, and only what was shown is taken in.
func TestARegisterIsBroughtIn(t *testing.T) {
	apptest.Each(t, func(h *apptest.House) {
		x, ctx := castOf(h), context.Background()
		holds(t, x.clerk.Page("/matter-imports/new"), "问题整改台账", "/matter-imports/new?type=rectification")
		holds(t, x.clerk.Page("/matter-imports/new?type=rectification"), "责任单位编码", "可填：会上点评、", "必填")
		if a := x.clerk.Must(200, x.clerk.Get("/matter-imports/table?type=rectification")); !strings.HasPrefix(a.Body, "PK") {
			t.Error("the empty table is no workbook")
		}
		x.clerk.Must(404, x.clerk.Get("/matter-imports/table?type=ships"))
		x.clerk.Must(422, x.clerk.Post("/matter-imports/new", "type", "rectification"))
		for _, b := range []*apptest.Browser{x.staff, x.verifier} {
			b.Must(403, b.Get("/matter-imports/new"))
			b.Must(403, hand(t, b, "问题,问题来源\n甲,审计\n", "type", "rectification"))
		}

		// A file whose headings nobody knows: what is needed is said, and the columns are chosen on the page.
		file := "事由,从哪来,单位,状态,登记日期,整改时限\n阵地建设滞后,审计,乙县,整改中,2021-12-01,2022-03-01\n材料补写,自查发现,B,,2022-01-05,\n"
		first := x.clerk.Must(303, hand(t, x.clerk, file, "type", "rectification")).Location
		holds(t, x.clerk.Page(first), "等待开始")
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(first), "缺少必填列“问题”", "缺少必填列“问题来源”", `name="col-0"`)
		x.verifier.Must(403, x.verifier.Get(first))
		second := x.clerk.Must(303, x.clerk.Post(first+"/columns", "col-0", "problem", "col-1", "source", "col-2", "@unit", "col-3", "@state", "col-4", "@opened", "col-5", "due")).Location
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(second), "试运行通过", "确认登记2件", "阵地建设滞后", "乙县", "整改中")
		if n := x.count(t); n != 0 {
			t.Fatalf("a trial registered %d matters", n)
		}
		done := x.clerk.Must(303, x.clerk.Post(second)).Location
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(done), "已登记2件", "查看问题整改台账")
		if again := x.clerk.Must(303, x.clerk.Post(second)).Location; again != done {
			t.Errorf("the trial was carried out twice: %s and %s", done, again)
		}
		x.clerk.Must(422, x.clerk.Post(done))
		holds(t, x.clerk.Page("/matters?type=rectification"), "阵地建设滞后", "材料补写", "/matter-imports/new?type=rectification")
		holds(t, x.county.Page("/matters/1"), "按现状导入", "台账.csv", "整改中")
		x.county.Must(303, step(x.county, "/matters/1", "declare", "result", "已建成"))

		// The same file again registers nothing.
		same := x.clerk.Must(303, hand(t, x.clerk, strings.Replace(file, "事由,从哪来", "问题,问题来源", 1), "type", "rectification")).Location
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(same), "2行均已在台账")

		// A mistake is named at its line and column, and nothing comes in.
		wrong := x.clerk.Must(303, hand(t, x.clerk, "问题,问题来源,责任单位,登记单位\n丙,审计,丁村,乙县\n丁,,戊县,\n", "type", "rectification")).Location
		h.Jobs.Drain(ctx)
		holds(t, x.clerk.Page(wrong), "文件中有3处错误", "您不能为“乙县”登记事项", "未找到单位“戊县”", "请填写此项")
		x.clerk.Must(303, x.clerk.Post(wrong))
		h.Jobs.Drain(ctx)
		if n := x.count(t); n != 2 {
			t.Errorf("%d matters, not 2", n)
		}
		if bad, err := h.Rooms.Ledgers.CheckCounts(ctx, h.DB); err != nil || len(bad) > 0 {
			t.Errorf("the tally: %v %v", bad, err)
		}
	})
}

func (x cast) count(t *testing.T) (n int) {
	t.Helper()
	if err := x.DB.QueryRow(context.Background(), `SELECT COUNT(*) FROM matter`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryReasonOfAnImportHasWords(t *testing.T) {
	h := apptest.SQLite(t)
	for _, code := range ledger.ImportCodes {
		if !h.Words.Has(code) {
			t.Errorf("no words for %s", code)
		}
	}
}
