package bench

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumbline/internal/app"
	"plumbline/internal/audit"
	"plumbline/internal/authz"
	"plumbline/internal/gate"
	"plumbline/internal/ledger"
	"plumbline/internal/store"
)

// The numbers of matters that lists are measured with.
const (
	fewMatters  = 1_000
	manyMatters = 1_000_000
)

// register is a database with so many matters, spread over 2,978 counties of 342 cities.
type register struct {
	n    int64
	a    *app.App
	x    *browser // who reads all of it
	kept string
}

// openRegister gives the database, made once in a run; with PLUMBLINE_BENCH_DIR the embedded one stays for the next.
func openRegister(b testing.TB, n int64, address string) *register {
	b.Helper()
	dir := ""
	if keep := os.Getenv("PLUMBLINE_BENCH_DIR"); keep != "" && address == "" {
		dir = filepath.Join(keep, fmt.Sprint("matters-", n))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			b.Fatal(err)
		}
	} else if dir = kept[fmt.Sprint(n, address)]; dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "plumbline-bench-"); err != nil {
			b.Fatal(err)
		}
		kept[fmt.Sprint(n, address)], made = dir, append(made, dir)
	}
	r := &register{n: n, a: openApp(b, dir, address, nil), kept: dir}
	var there int64
	ctx := context.Background()
	err := r.a.DB.QueryRow(ctx, `SELECT COUNT(*) FROM matter`).Scan(&there)
	if err == nil && there == 0 {
		err = r.fill(ctx, b)
	}
	if err != nil {
		b.Fatal(err)
	}
	root, _ := r.place(b, 1)
	r.x = signIn(b, r.a, "reader-"+strconv.FormatInt(time.Now().UnixNano(), 36), "verifier", root)
	return r
}

// kept are the directories of this run, by what they hold.
var kept = map[string]string{}

// place gives a unit of a level: 1 is the whole, 2 a city, 3 a county.
func (r *register) place(b testing.TB, level int) (id int64, code string) {
	kind := []string{"province", "city", "county"}[level-1]
	err := r.a.DB.QueryRow(context.Background(), `SELECT id, code FROM unit WHERE kind = $1 ORDER BY code LIMIT 1`, kind).Scan(&id, &code)
	if err != nil {
		b.Fatal(err)
	}
	return id, code
}

func (r *register) fill(ctx context.Context, b testing.TB) error {
	units := [][2]authz.Unit{}
	return r.a.Gate.Do(ctx, authz.System(), authz.LedgerRegister, gate.Subject{Kind: "matter"}, func(tx *store.Tx) (d audit.Detail, err error) {
		if units, err = r.units(ctx, tx); err != nil {
			return d, err
		}
		first := []int64{}
		for kind, fields := range map[string]map[string]string{"rectification": {"problem": "服务群众不够及时", "source": "comment"}, "promise": {"promise": "年内办结", "due": "2199-01-01"}} {
			id, err := r.a.Rooms.Ledgers.RegisterTx(ctx, tx, authz.System(), ledger.Draft{Type: kind, Convenor: units[0][1].ID, Unit: units[0][0].ID, Fields: fields})
			if err != nil {
				return d, err
			}
			first = append(first, id)
		}
		if err := r.load(ctx, tx, first, units); err != nil {
			return d, err
		}
		if err := ledger.RebuildTx(ctx, tx); err != nil {
			return d, err
		}
		if tx.Dialect == store.Postgres {
			_, err = tx.Exec(ctx, `ANALYZE`)
		}
		return d, err
	})
}

// units makes one province of 342 cities with 2,978 counties, and gives each county with its city.
func (r *register) units(ctx context.Context, tx *store.Tx) ([][2]authz.Unit, error) {
	const cities, counties = 342, 2978
	next, err := tx.Reserve(ctx, "unit", 1+cities+counties)
	if err != nil {
		return nil, err
	}
	top := authz.Unit{ID: next, Path: fmt.Sprintf("/%d/", next)}
	city := func(i int) authz.Unit {
		id := next + 1 + int64(i)
		return authz.Unit{ID: id, Path: fmt.Sprintf("%s%d/", top.Path, id)}
	}
	var out [][2]authz.Unit
	for i := range counties {
		up := city(i * cities / counties)
		id := next + 1 + cities + int64(i)
		out = append(out, [2]authz.Unit{{ID: id, Path: fmt.Sprintf("%s%d/", up.Path, id)}, up})
	}
	i := 0
	columns := []string{"id", "code", "parent_id", "path", "kind", "name", "below"}
	fixed := []store.Fixed{{Column: "successor_id", Value: 0}, {Column: "version", Value: 1}, {Column: "name_en", Value: ""}, {Column: "from_date", Value: ""}, {Column: "to_date", Value: ""}, {Column: "since", Value: ""}}
	return out, tx.Load(ctx, "unit", columns, fixed, func(row []any) (bool, error) {
		values := []any{top.ID, "0", int64(0), top.Path, "province", "全省", int64(cities + counties)}
		switch {
		case i > cities+counties:
			return false, nil
		case i > cities:
			u := out[i-cities-1]
			values = []any{u[0].ID, fmt.Sprintf("0%06d", i), u[1].ID, u[0].Path, "county", fmt.Sprintf("第%d县", i), int64(0)}
		case i > 0:
			u := city(i - 1)
			values = []any{u.ID, fmt.Sprintf("0%03d", i), top.ID, u.Path, "city", fmt.Sprintf("第%d市", i), int64(9)}
		}
		copy(row, values)
		i++
		return true, nil
	})
}

// The words of which titles are made: what is frequent in them stands in one of a few hundred matters.
var (
	things = strings.Fields("组织生活 党务公开 阵地建设 窗口服务 供水管网 道路照明 河道保洁 学前教育 养老服务 老旧小区 农田水利 村级财务 信访事项 安全生产 营商环境 干部培训 人才引进 项目用地 医保报销 快递进村 公交线路 垃圾分类 危房改造 饮水安全 就业帮扶 集体经济 园区配套 税费减免 证照办理 停车秩序")
	faults = strings.Fields("不够及时 记录不全 标准不高 进度滞后 责任不清 监督不严 覆盖不足 台账不实 回应迟缓 经费不足 人员短缺 重复检查 流程繁琐 宣传不够 配合不力 底数不清 问题反弹 考核流于形式 群众反映强烈 长效机制缺失")
	where  = strings.Fields("东湖街道 白石镇 青山乡 柳林社区 望川大道 北城片区 高新园区 南河流域 西岭林场 城关中学 第二医院 火车站 农贸市场 双桥村 石门水库 老县城 滨江新区 铁路沿线 开发区 物流园")
)

func title(n int64) string {
	if n%20_000 == 777 { // what is rare stands in fifty of a million
		return fmt.Sprintf("古塔倾斜待加固，第%d件", n)
	}
	return fmt.Sprintf("%s%s%s，第%d件", where[n/7%int64(len(where))], things[n*31/11%int64(len(things))], faults[n*17/13%int64(len(faults))], n)
}

// load writes the matters by the bulk path after the likeness of the first ones, in every state.
func (r *register) load(ctx context.Context, tx *store.Tx, first []int64, units [][2]authz.Unit) error {
	type likeness struct{ kind, fields, marks, opened string }
	var like []likeness
	versions := []int64{}
	for _, id := range first {
		var l likeness
		var version int64
		err := tx.QueryRow(ctx, `SELECT type, type_version, fields, marks, opened_on FROM matter WHERE id = $1`, id).Scan(&l.kind, &version, &l.fields, &l.marks, &l.opened)
		if err != nil {
			return err
		}
		like, versions = append(like, l), append(versions, version)
	}
	names, err := matterColumnNames(ctx, tx)
	if err != nil {
		return err
	}
	columns := []string{"id", "type", "type_version", "number", "title", "state", "state_class", "unit_id", "unit_path", "convenor_id", "convenor_path", "place_path",
		"due_on", "target_on", "fields", "marks", "opened_on", "closed_on", "created_at", "changed_at", "version"}
	var fixed []store.Fixed
	for name, text := range names {
		if indexOf(columns, name) < 0 {
			var zero any = 0
			if text {
				zero = ""
			}
			fixed = append(fixed, store.Fixed{Column: name, Value: zero})
		}
	}
	for _, table := range []string{"matter_event", "matter_holder", "matter"} { // an empty table gets its indexes after its rows
		if _, err := tx.Exec(ctx, `DELETE FROM `+table); err != nil {
			return err
		}
	}
	next, err := tx.Reserve(ctx, "matter", r.n)
	if err != nil {
		return err
	}
	today := time.Now()
	n := int64(0)
	return tx.Load(ctx, "matter", columns, fixed, func(row []any) (bool, error) {
		if n == r.n {
			return false, nil
		}
		u, k := units[n*7919%int64(len(units))], 0
		if n%10 < 3 {
			k = 1
		}
		l, st := like[k], stands[n%int64(len(stands))]
		if l.kind == "promise" {
			st = []stand{{"made", "owner", false}, {"answered", "convenor", false}, {"kept", "done", true}}[n%3]
		}
		due, closed := today.AddDate(0, 0, int(n%365)-20).Format(time.DateOnly), "" // one in twenty is late
		if st.ended {
			due, closed = "", today.AddDate(0, 0, -int(n%400)).Format(time.DateOnly)
		}
		words := title(n)
		for i, v := range []any{next, l.kind, versions[k], fmt.Sprintf("BH-2019-%07d", n), words, st.state, st.class, u[0].ID, u[0].Path,
			u[1].ID, u[1].Path, u[0].Path, due, due, strings.Replace(l.fields, "服务群众不够及时", words, 1), l.marks, l.opened, closed, tx.Now, tx.Now, int64(1)} {
			row[i] = v
		}
		n++
		next++
		return true, nil
	})
}

// matterColumnNames are the columns of a matter; true says that one holds text.
func matterColumnNames(ctx context.Context, tx *store.Tx) (map[string]bool, error) {
	query := `SELECT name, CASE WHEN type = 'TEXT' THEN 1 ELSE 0 END FROM pragma_table_info('matter')`
	if tx.Dialect == store.Postgres {
		query = `SELECT column_name, CASE WHEN data_type = 'text' THEN 1 ELSE 0 END FROM information_schema.columns WHERE table_name = 'matter' AND table_schema = current_schema()`
	}
	out := map[string]bool{}
	return out, store.Each(ctx, tx, query, nil, func(rows *sql.Rows) error {
		var name string
		var text int
		err := rows.Scan(&name, &text)
		out[name] = text == 1
		return err
	})
}

func indexOf(list []string, x string) int {
	for i, s := range list {
		if s == x {
			return i
		}
	}
	return -1
}

// eachRegister measures on the embedded database and, where PLUMBLINE_BENCH_POSTGRES and PLUMBLINE_BENCH_POSTGRES_FEW
// name two empty ones, on PostgreSQL.
func eachRegister(b *testing.B, measure func(b *testing.B, few, many *register)) {
	b.Run("sqlite", func(b *testing.B) { measure(b, openRegister(b, fewMatters, ""), openRegister(b, manyMatters, "")) })
	if few, many := os.Getenv("PLUMBLINE_BENCH_POSTGRES_FEW"), os.Getenv("PLUMBLINE_BENCH_POSTGRES"); few != "" && many != "" {
		b.Run("postgres", func(b *testing.B) { measure(b, openRegister(b, fewMatters, few), openRegister(b, manyMatters, many)) })
	}
}

// BenchmarkMattersPage sets a filtered and sorted page of 50 out of a million matters against the same out of a
// thousand. At most 3 times, for every filter.
func BenchmarkMattersPage(b *testing.B) {
	eachRegister(b, func(b *testing.B, few, many *register) {
		_, city := few.place(b, 2)
		_, county := few.place(b, 3)
		for b.Loop() {
			fmt.Println("\nout of a million, out of a thousand (median of the answers), ratio, ratio of processor time, filter")
			worst := 0.0
			for _, p := range []struct{ name, query string }{
				{"none", ""}, {"a type", "type=promise"}, {"a type by number", "type=promise&sort=number"}, {"a type of which there is none", "type=innovation"},
				{"a class of a type", "type=rectification&class=verifier"}, {"a state", "state=declared"},
				{"a state of a type, newest first", "type=rectification&state=in_progress&sort=new"}, {"open", "class=open"}, {"ended", "class=ended"},
				{"a city and below", "unit=" + city}, {"a county", "unit=" + county}, {"a type in a city, by number", "type=promise&sort=number&unit=" + city},
				{"a state in a city", "state=declared&unit=" + city},
				{"late", "queue=late"}, {"late in a city", "queue=late&unit=" + city}, {"late of a type", "queue=late&type=promise"}, {"due soon", "queue=soon"},
				{"mine to verify", "queue=verify"}, {"common", "kind=common"}, {"without plan", "unplanned=1"},
				{"a frequent text", "q=" + url.QueryEscape("养老服务")}, {"two characters", "q=" + url.QueryEscape("养老")},
				{"a rare text", "q=" + url.QueryEscape("古塔倾斜")}, {"no such text", "q=" + url.QueryEscape("没有这样的事")}, {"a number", "q=BH-2019-0000778"},
				{"a text in a city", "q=" + url.QueryEscape("养老服务") + "&unit=" + city}, {"a text, late", "queue=late&q=" + url.QueryEscape("养老服务")},
			} {
				var big, small []time.Duration
				var bigCPU, smallCPU time.Duration
				for range 7 { // one after the other, so that both meet the same weather
					m, f := many.x.cost(b, "/matters?"+p.query, 1), few.x.cost(b, "/matters?"+p.query, 1)
					big, small, bigCPU, smallCPU = append(big, m.wall), append(small, f.wall), bigCPU+m.cpu, smallCPU+f.cpu
				}
				ratio := float64(middle(big)) / float64(middle(small))
				worst = max(worst, ratio)
				fmt.Printf("%8.1f ms %8.1f ms %6.1f %6.1f  %s\n", millis(middle(big)), millis(middle(small)), ratio, float64(bigCPU)/float64(smallCPU), p.name)
			}
			b.ReportMetric(worst, "worst-ratio")
		}
	})
}
