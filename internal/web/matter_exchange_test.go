package web_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/app/apptest"
	"plumbline/internal/authz"
	"plumbline/internal/ledger"
	"plumbline/internal/office/table"
	"plumbline/internal/pack"
	"plumbline/internal/pack/party"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// works is a ledger with a field of every kind that a table can carry.
const works = `{
 "id": "works", "name": {"zh": "工程", "en": "Works"}, "one": {"zh": "工程", "en": "Work"}, "number": "GC-{year}-{seq}",
 "title": "what", "start": "open", "register": ["what*", "cost"], "columns": ["what", "cost", "owner", "lead", "due"],
 "fields": [
  {"id": "what", "kind": "text", "name": {"zh": "工程", "en": "Work"}},
  {"id": "cost", "kind": "money", "name": {"zh": "投资", "en": "Cost"}},
  {"id": "size", "kind": "decimal", "places": 1, "measure": {"zh": "公里", "en": "km"}, "name": {"zh": "长度", "en": "Length"}},
  {"id": "lead", "kind": "unit", "name": {"zh": "责任单位", "en": "Owner unit"}},
  {"id": "head", "kind": "person", "free": true, "name": {"zh": "负责人", "en": "Head"}},
  {"id": "seat", "kind": "post", "name": {"zh": "责任职务", "en": "Post"}},
  {"id": "of", "kind": "link", "name": {"zh": "所属工程", "en": "Part of"}},
  {"id": "due", "kind": "date", "name": {"zh": "完成时限", "en": "To be done by"}},
  {"id": "stones", "kind": "table", "name": {"zh": "节点", "en": "Milestones"}, "columns": [
   {"id": "name", "kind": "long_text", "name": {"zh": "名称", "en": "Name"}},
   {"id": "by", "kind": "unit", "name": {"zh": "单位", "en": "Unit"}},
   {"id": "who", "kind": "person", "free": true, "name": {"zh": "人员", "en": "Person"}},
   {"id": "how", "kind": "choice", "name": {"zh": "方式", "en": "Way"}, "choices": [{"id": "own", "name": {"zh": "自建", "en": "Own"}}, {"id": "let", "name": {"zh": "发包", "en": "Let"}}]},
   {"id": "weight", "kind": "number", "name": {"zh": "权重", "en": "Weight"}}]},
  {"id": "total", "kind": "computed", "formula": {"op": "sum", "of": ["stones.weight"]}, "name": {"zh": "权重合计", "en": "Total weight"}}],
 "states": [{"id": "open", "class": "convenor", "name": {"zh": "在建", "en": "Open"}}, {"id": "done", "class": "done", "name": {"zh": "完工", "en": "Done"}}],
 "transitions": [{"id": "close", "main": true, "from": ["open"], "to": "done", "action": "ledger.approve", "effects": ["close_done"], "name": {"zh": "完工", "en": "Close"}}],
 "clocks": [{"id": "do", "states": ["open"], "from": "field:due", "days": 0, "name": {"zh": "建设", "en": "Building"}}]
}`

// withWorks is the default pack with one ledger more.
func withWorks(t *testing.T) *pack.Pack {
	t.Helper()
	files := fstest.MapFS{"ledgers/works.json": {Data: []byte(works)}}
	err := fs.WalkDir(party.Files(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(party.Files(), name)
		files[name] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := pack.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Whatever a ledger holds goes out in the columns that offices use, and in one table that reads back as it was.
func TestEveryKindOfFieldGoesOutAndIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB, clock *storetest.Clock) {
		h := apptest.Open(t, db, clock, withWorks(t))
		x, ctx := castOf(h), context.Background()
		file := "工程,投资,长度(公里),单位,责任单位 (lead),负责人,责任职务,所属工程,完成时限,节点,编号\n" +
			"大桥,\"1,200.5\",3.2,乙县,B,王五,,,2022-06-30,\"立项 | A | 王五 | 自建 | 40\n通车\\|剪彩 | 丁村 | 外请专家 | let | 60\",大桥-1\n" +
			"引桥,,,A,,外人,,大桥-1,2022-05-31,,\n"
		x.brings(t, "works", file)

		office := x.clerk.Must(200, x.clerk.Get("/matters/export?format=csv&type=works&sort=number")).Body
		want := "\ufeff编号,工程,投资,责任单位,责任单位,完成时限,状态,进度,到期日,办结日期\r\n" +
			"GC-2022-0001,引桥,,乙县,,2022-05-31,在建,待审核,2022-05-31,\r\n大桥-1,大桥,1200.50,乙县,丙县,2022-06-30,在建,待审核,2022-06-30,\r\n"
		if office != want {
			t.Errorf("the columns of the definition:\n%s\nnot\n%s", office, want)
		}
		all := x.clerk.Must(200, x.clerk.Get("/matters/export?format=csv&type=works&all=1")).Body
		for _, word := range []string{"名称：立项；单位：乙县；人员：王五；方式：自建；权重：40", "名称：通车|剪彩；单位：丁村；人员：外请专家；方式：发包；权重：60", "权重合计", ",100,", "大桥-1"} {
			if !strings.Contains(all, word) {
				t.Errorf("the whole register lacks %q: %s", word, all)
			}
		}

		before := x.written(t, "works", "en")
		for _, lang := range []string{"zh", "en"} {
			other := castOf(apptest.Open(t, storetest.OpenSQLite(t, clock), clock, withWorks(t)))
			other.brings(t, "works", x.written(t, "works", lang))
			if got := other.written(t, "works", "en"); got != before {
				t.Errorf("in %s it came back as\n%s\nnot\n%s", lang, got, before)
			}
			if bad, err := other.Rooms.Ledgers.CheckCounts(ctx, other.DB); err != nil || len(bad) > 0 {
				t.Errorf("the tally: %v %v", bad, err)
			}
		}
	})
}

// brings takes a file in, whose every row must be new.
func (x cast) brings(t *testing.T, kind, text string) {
	t.Helper()
	trial := x.clerk.Must(303, hand(t, x.clerk, text, "type", kind)).Location
	x.Jobs.Drain(context.Background())
	holds(t, x.clerk.Page(trial), "试运行通过")
	x.clerk.Must(303, x.clerk.Post(trial))
	x.Jobs.Drain(context.Background())
}

// written is a whole ledger as a table to be read in again.
func (x cast) written(t *testing.T, kind, lang string) string {
	t.Helper()
	var out strings.Builder
	lists := x.Rooms.Ledgers
	sheet := lists.Sheet(context.Background(), authz.System(), ledger.Filter{Type: kind, Sort: "number"}, lists.Today(x.Now()), lang)
	if err := table.WriteCSV(&out, sheet); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
