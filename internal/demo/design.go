package demo

import (
	"slices"

	"plumbline/internal/ledger"
)

// design schedules what the administrator does to the ledgers: one has a newer version, under which only the newer
// matters stand, and the next version of another is in the making.
func (b *builder) design() error {
	b.schedule(b.moment(-reworded).UnixMicro(), func() error {
		id, version, err := b.revise("asset", func(d *ledger.Definition) {
			i := slices.IndexFunc(d.Fields, func(f ledger.Field) bool { return f.ID == "location" })
			d.Fields[i].Hint = text("写到门牌号", "Down to the house number")
		})
		if err == nil {
			_, _, err = b.Rooms.Ledgers.Publish(b.ctx, b.as("admin"), id, ledger.PublishIn{Version: version})
		}
		return err
	})
	b.schedule(b.moment(-drafted).UnixMicro(), func() error {
		_, _, err := b.revise("study", func(d *ledger.Definition) {
			i := slices.IndexFunc(d.Fields, func(f ledger.Field) bool { return f.ID == "place" })
			d.Fields[i].ID, d.Fields[i].Name = "room", text("会议室", "Room")
			for j, a := range d.Register {
				if a.Field == "place" {
					d.Register[j].Field = "room"
				}
			}
		})
		return err
	})
	return nil
}

// How many days ago a ledger got its newer version, and a draft was begun.
const reworded, drafted = 3, 1

// revise begins the next version of a ledger, and saves it changed; it gives the draft and its version.
func (b *builder) revise(kind string, how func(d *ledger.Definition)) (id int64, version int, err error) {
	admin, rooms := b.as("admin"), b.Rooms.Ledgers
	if id, err = rooms.ChangeType(b.ctx, admin, kind); err != nil {
		return 0, 0, err
	}
	t, err := rooms.TypeDraft(b.ctx, admin, id)
	if err != nil {
		return 0, 0, err
	}
	d := t.Definition()
	how(d)
	return id, t.Version + 1, rooms.SaveTypeDraft(b.ctx, admin, id, t.Version, d.Text())
}
