package demo

import (
	"bytes"
	"fmt"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/org"
)

// The units that report to the city, in the order of its list.
var (
	oral    = []string{"WC01", "WC02", "WC03", "WC04", "WC05", "WC06", "WC07"}
	written = []string{"WC20", "WC301", "WC302", "WC303", "WC304", "WC305", "WC306", "WC307", "WC308", "WC309", "WC310", "WC311", "WC312"}
)

func reporters() []string { return append(append([]string{}, oral...), written...) }

// start is when the city of the demo began to work with the program.
func (b *builder) start() string { return day(b.today, -480) }

// since is from when its people have held their posts: long before anybody wrote that down here.
const since = "2020-03-01"

// city imports the units and puts people into the posts.
func (b *builder) city() error {
	b.at(b.start(), 8, 30)
	file, err := data.ReadFile("data/units.csv")
	if err != nil {
		return err
	}
	report, err := b.Rooms.Org.ImportUnits(b.ctx, authz.System(), org.Import{Name: "units.csv", File: bytes.NewReader(file), Size: int64(len(file)), Under: authz.Whole})
	if err != nil {
		return fmt.Errorf("units: %w (%+v)", err, report)
	}
	rows, err := b.DB.Query(b.ctx, `SELECT id, code, parent_id, path, kind, name, name_en FROM unit`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var u org.Unit
		if err := rows.Scan(&u.ID, &u.Code, &u.Parent, &u.Path, &u.Kind, &u.Name, &u.NameEn); err != nil {
			return err
		}
		b.units[u.Code] = u
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return b.people()
}

// people fills the posts of the city and of everybody who reports. In one district the secretary changes between the
// two meetings: what the predecessor left open passes to the successor.
func (b *builder) people() error {
	n := 0
	for _, code := range reporters() {
		kind := "secretary"
		if strings.HasPrefix(code, "WC3") {
			kind = "party_head"
		}
		if _, err := b.appoint(code, kind, n, since); err != nil {
			return err
		}
		n++
	}
	for _, code := range oral {
		if _, err := b.appoint(code, "organisation_minister", n, since); err != nil {
			return err
		}
		n++
	}
	for _, code := range b.townships("WC01") {
		if _, err := b.appoint(code, "secretary", n, since); err != nil {
			return err
		}
		n++
	}
	for _, kind := range []string{"secretary", "mayor", "deputy_secretary", "organisation_minister"} {
		if _, err := b.appoint("WC", kind, n, since); err != nil {
			return err
		}
		n++
	}
	return b.bodies(n)
}

// townships lists the codes of the townships of a county.
func (b *builder) townships(county string) []string {
	var out []string
	for i := 1; ; i++ {
		code := fmt.Sprintf("%s%02d", county, i)
		if _, ok := b.units[code]; !ok {
			return out
		}
		out = append(out, code)
	}
}

// appoint makes a post of a unit and puts the n-th invented person into it.
func (b *builder) appoint(code, kind string, n int, from string) (int64, error) {
	post, err := b.Rooms.Org.CreatePost(b.ctx, authz.System(), org.NewPost{Unit: b.units[code].ID, Kind: kind, From: from})
	if err != nil {
		return 0, err
	}
	zh, en := name(n)
	t, err := b.Rooms.Org.Appoint(b.ctx, authz.System(), org.Appointment{Post: post.ID, New: org.NewPerson{Name: zh, NameEn: en}, From: from})
	if err != nil {
		return 0, err
	}
	b.heads[code+" "+kind] = t.Person
	if kind == "secretary" || kind == "party_head" {
		b.heads[code] = t.Person
	}
	return t.Person, nil
}

// bodies makes the standing committee and the leading group.
func (b *builder) bodies(n int) error {
	for _, g := range []struct {
		kind string
		size int
	}{{"standing_committee", 7}, {"leading_group", 6}, {"coordination_group", 5}} {
		group, err := b.Rooms.Org.CreateGroup(b.ctx, authz.System(), org.NewGroup{Unit: b.units["WC"].ID, Kind: g.kind, From: since})
		if err != nil {
			return err
		}
		if g.kind == "standing_committee" {
			for _, kind := range []string{"secretary", "mayor", "deputy_secretary", "organisation_minister"} {
				if err := b.Rooms.Org.AddMember(b.ctx, authz.System(), org.NewMember{Group: group.ID, Person: b.heads["WC "+kind], From: since}); err != nil {
					return err
				}
			}
		}
		for i := range g.size {
			zh, en := name(n)
			n++
			in := org.NewMember{Group: group.ID, New: org.NewPerson{Name: zh, NameEn: en}, From: since}
			if i == 0 && g.kind != "standing_committee" {
				in.Duty = b.say(text("组长", "head"))
			}
			if err := b.Rooms.Org.AddMember(b.ctx, authz.System(), in); err != nil {
				return err
			}
		}
	}
	return nil
}

// name makes up the n-th name. The given names are of the demo's own making.
func name(n int) (zh, en string) {
	family := []string{"陆", "岑", "邬", "祁", "闻", "卓", "桑", "费", "纪", "项", "柯", "管", "游", "乔", "樊", "娄", "尹", "戚", "褚", "阮", "蓝", "盛", "桂", "欧"}
	familyEn := []string{"Lu", "Cen", "Wu", "Qi", "Wen", "Zhuo", "Sang", "Fei", "Ji", "Xiang", "Ke", "Guan", "You", "Qiao", "Fan", "Lou", "Yin", "Qi", "Chu", "Ruan", "Lan", "Sheng", "Gui", "Ou"}
	given := []string{"望川", "知远", "溪石", "云程", "禾田", "清砚", "柏舟", "予安", "行舟", "问渠", "松年"}
	givenEn := []string{"Wangchuan", "Zhiyuan", "Xishi", "Yuncheng", "Hetian", "Qingyan", "Bozhou", "Yu'an", "Xingzhou", "Wenqu", "Songnian"}
	f, g := n%len(family), (n*7+n/len(family))%len(given)
	return family[f] + given[g], familyEn[f] + " " + givenEn[g]
}
