-- Held by the database itself, so that not even a bug can break them (see docs/decisions).
create sequence if not exists cases_serial;

-- 1. An open case has somebody who must act and a clock that runs, or is paused with an expiry.
create or replace function cases_guard_held() returns trigger language plpgsql as $$
declare
  cid bigint := (case when tg_table_name = 'cases_case' then to_jsonb(new)->>'id'
                      else to_jsonb(new)->>'case_id' end)::bigint;
  bad text;
begin
  select case
    when c.closed_at is null and not exists (
      select 1 from cases_referral r where r.case_id = c.id and r.closed_at is null and r.role = 'lead')
      then 'an open case without an open referral'
    when c.closed_at is null and not exists (
      select 1 from cases_clock k where k.case_id = c.id and k.number = 0 and k.state = 1)
      then 'an open case without its citizen clock'
    when c.closed_at is not null and exists (
      select 1 from cases_referral r where r.case_id = c.id and r.closed_at is null)
      then 'a closed case with an open referral'
    when c.closed_at is not null and exists (
      select 1 from cases_clock k where k.case_id = c.id and k.state in (1, 2))
      then 'a closed case with a clock that runs'
    when exists (
      select 1 from cases_referral r where r.case_id = c.id and r.closed_at is null and not exists (
        select 1 from cases_clock k
        where k.case_id = c.id and k.number = r.number and k.state in (1, 2)))
      then 'an open referral without a clock'
    end into bad
  from cases_case c where c.id = cid;
  if bad is not null then
    raise exception 'no case can be abandoned: %', bad using errcode = 'check_violation';
  end if;
  return null;
end $$;

create constraint trigger cases_case_held after insert or update on cases_case
  deferrable initially deferred for each row execute function cases_guard_held();
create constraint trigger cases_referral_held after update on cases_referral
  deferrable initially deferred for each row execute function cases_guard_held();
create constraint trigger cases_referral_new after insert on cases_referral
  deferrable initially deferred for each row when (new.number > 1) execute function cases_guard_held();
create constraint trigger cases_clock_held after update on cases_clock
  deferrable initially deferred for each row when (old.state is distinct from new.state)
  execute function cases_guard_held();

-- Nothing of a case is ever deleted.
create or replace function cases_guard_kept() returns trigger language plpgsql as $$
begin
  raise exception 'no case can be abandoned: rows of % are never deleted', tg_table_name
    using errcode = 'check_violation';
end $$;
create trigger cases_case_kept before delete on cases_case
  for each row execute function cases_guard_kept();
create trigger cases_referral_kept before delete on cases_referral
  for each row execute function cases_guard_kept();
create trigger cases_clock_kept before delete on cases_clock
  for each row execute function cases_guard_kept();

-- 4. A case is closed only by an ending that its policy names, with the evidence that it requires.
create or replace function cases_guard_ending() returns trigger language plpgsql as $$
begin
  if not exists (
    select 1 from ledger_event e join cases_ending n on n.policy_id = e.policy and n.code = new.ending
    where e.subject_id = new.id and e.subject = 'case' and e.kind = 'case.stepped'
      and e.happened_at = new.closed_at and e.facts->>'ending' = new.ending
      and jsonb_strip_nulls(e.facts->'evidence') ?& n.needs::text[]) then
    raise exception 'a case is closed only by an ending of its policy, with its evidence (%)', new.ending
      using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger cases_case_ended after insert or update on cases_case
  deferrable initially deferred for each row when (new.closed_at is not null)
  execute function cases_guard_ending();

-- An adopted policy is never changed.
create trigger cases_policyversion_kept before update or delete on cases_policyversion
  for each row execute function cases_guard_kept();
create trigger cases_ending_kept before update or delete on cases_ending
  for each row execute function cases_guard_kept();
