-- A point is never changed or removed; an accepted objection adds a row that makes up for it.
create or replace function evaluation_point_guard() returns trigger language plpgsql as $$
begin
  raise exception 'points are never changed or removed (point %)', old.id
    using errcode = 'check_violation';
end $$;

create trigger evaluation_point_guard before update or delete on evaluation_point
  for each row execute function evaluation_point_guard();
