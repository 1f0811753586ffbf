-- Every event is queued for the public log by the database itself, whoever writes it and how.
create or replace function ledger_event_queue() returns trigger language plpgsql as $$
begin
  insert into ledger_unsealed (event_id) select id from added;
  return null;
end $$;

create trigger ledger_event_queue after insert on ledger_event
  referencing new table as added for each statement execute function ledger_event_queue();

-- What happened before there was a log is taken up by it too.
insert into ledger_unsealed (event_id) select id from ledger_event where leaf_index is null;

-- A queue is emptied all the time: its dead rows must not pile up until a fifth of it is dead.
alter table ledger_unsealed set
  (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- The guard of events, without making JSON of each row that is sealed.
create or replace function ledger_event_guard() returns trigger language plpgsql as $$
declare unsealed ledger_event;
begin
  if tg_op = 'UPDATE' and old.leaf_index is null and new.leaf_index is not null then
    unsealed := new;
    unsealed.leaf_index := null;
    if unsealed is not distinct from old then return new; end if;
  end if;
  raise exception 'events are never changed or removed (event %)', coalesce(old.id, 0)
    using errcode = 'check_violation';
end $$;

-- A leaf stays as it was published.
create or replace function ledger_leaf_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' and current_setting('peygir.tests', true) = 'on' then return null; end if;
  raise exception 'leaves are never changed or removed' using errcode = 'check_violation';
end $$;

create trigger ledger_leaf_guard before update or delete or truncate on ledger_leaf
  for each statement execute function ledger_leaf_guard();
